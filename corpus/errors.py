"""The errors of refdesk, as one tree.

    RefdeskError             base; str(error) is one line that says what to do
    ├── InputError           the caller gave something unusable (path, option, question)
    ├── ParseError           a file cannot be read; carries no partial result
    │   └── ScanError        a picture of text cannot be, as things are: OCR may come, or learn more
    ├── SourceError          a source (folder, URL) cannot be listed or fetched
    ├── WeightsError         a model file is unknown, cannot be fetched, or does not match
    ├── HomeError            the home folder is locked, damaged or not writable
    └── ModelError           the language model server is down, too slow or answers badly

"Not in the corpus" is a value of an answer's status, not an error. Library exceptions are
translated only in the file that owns the library.
"""


class RefdeskError(Exception):
    """Base of every error that refdesk raises on purpose."""


class InputError(RefdeskError):
    """The caller's input cannot be used."""


class ParseError(RefdeskError):
    """A file cannot be parsed."""


class ScanError(ParseError):
    """A file is a picture of text, and the OCR that is there now reads none on it."""


class SourceError(RefdeskError):
    """A source cannot be listed or fetched."""


class WeightsError(RefdeskError):
    """A model file is unknown, unreachable or not the expected bytes."""


class HomeError(RefdeskError):
    """The home folder cannot be used."""


class ModelError(RefdeskError):
    """The language model cannot answer."""
