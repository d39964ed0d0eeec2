"""Values that a document spells its own way: numbers and dates, found in its text and read by rule.

Quotes come first: what a cell holds is read from the text that stands in the document, never written by the model.
What can be read in two ways is decided by what the rest of the document shows, or said to be ambiguous.

Babel, dateutil, dateparser and price-parser were looked at and left out. Babel's number parser has to be told the
locale, which a document does not tell, and its 34 MB would serve for names of months; dateutil makes a date of "March"
that nobody wrote, from today's, and one of 03/04/2023 without saying that there are two; dateparser stands on it and
on three more packages; price-parser takes "1.234" for 1234, whatever else the document shows.
"""

from engine.extraction.values.dates import find_dates
from engine.extraction.values.numbers import find_numbers
from engine.extraction.values.reading import Reading

__all__ = ["Reading", "find_dates", "find_numbers"]
