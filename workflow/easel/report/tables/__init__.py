"""Tables, page headers and sentences, one file a subject."""
