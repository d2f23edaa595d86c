-- Word that a therapist was ten minutes late, on the appointment of 0002.
UPDATE appointment SET attendance = '{"late_notice":{"at":1800000000000000,"minutes":10,"answer":null}}'
    WHERE id = 'apt_00000000000000000000000001';
