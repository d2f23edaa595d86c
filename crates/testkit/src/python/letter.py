"""Reads a letter from standard input and writes what Python's own email package makes of it, as JSON."""

import email
import email.policy
import json
import sys

letter = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
parts, defects = [], []
for part in letter.walk():
    defects += [type(defect).__name__ for defect in part.defects]
    if part.is_multipart():
        continue
    text = part.get_content() if part.get_content_maintype() == "text" else ""
    parts.append(
        {
            "content_type": part.get_content_type(),
            "method": part.get_param("method") or "",
            "file_name": part.get_filename() or "",
            "text": text,
        }
    )
names = {"subject": "Subject", "from": "From", "to": "To", "message_id": "Message-ID"}
answer = {name: str(letter.get(header, "")) for name, header in names.items()}
json.dump(answer | {"parts": parts, "defects": defects}, sys.stdout)
