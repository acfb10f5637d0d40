"""What Kachi says, in English and Japanese: catalogues, sentences, and the formats of numbers, money and time.

English is the source: a message's English text is its key. Japanese lives in ``locale/ja/<area>.po``,
one file per area, so that each area keeps its own words.
"""

from core.words.catalogue import Catalogue, Language, load
from core.words.money import Minus
from core.words.speech import Words, error_text, language_of
from core.words.terms import mark

__all__ = ["Catalogue", "Language", "Minus", "Words", "error_text", "language_of", "load", "mark"]
