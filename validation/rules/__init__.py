"""What a standard says, one subject a file: the rules as frozen dataclasses, and how each is read strictly."""
