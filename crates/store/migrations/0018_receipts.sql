-- Whether a gateway has reported lately is looked up before a text goes by it.
CREATE INDEX message_try_through ON message_try (through, at) WHERE outcome = 'accepted';
