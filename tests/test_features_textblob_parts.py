"""Reading TextBlob's lexicon loads nothing of NLTK, and TextBlob still works beside it, with the same lexicon."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
import sys
from features.comments_textblob import polarity_and_subjectivity
from features.textblob_parts import lexicon
assert not [name for name in sys.modules if name.split(".")[0] in ("nltk", "textblob")]
import textblob, textblob.en
assert len(lexicon) == len(textblob.en.sentiment) > 2_000 and dict(lexicon) == dict(textblob.en.sentiment)
print(textblob.TextBlob("a very good shoe").sentiment.polarity)
"""


def test_textblob_is_read_without_nltk() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", _SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 0.5
