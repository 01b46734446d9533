"""The parts of the installed TextBlob that are read here, without the rest of it.

`import textblob` loads NLTK, four hundred modules that neither its lexicon nor its expressions need.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType

_PACKAGE = "textblob"
_PARTS = ("_text", "en")


def _parts() -> list[ModuleType]:
    """`_PARTS`, loaded apart: TextBlob itself, if it is ever imported, is none the wiser and has its own."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.submodule_search_locations is None:  # a declared dependency: only a broken installation
        raise ModuleNotFoundError("textblob is not installed; run the project's setup again")
    bare = ModuleType(_PACKAGE)
    bare.__path__ = list(spec.submodule_search_locations)
    names = [_PACKAGE, *(f"{_PACKAGE}.{part}" for part in _PARTS)]
    there = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.modules[_PACKAGE] = bare
    try:
        return [importlib.import_module(name) for name in names[1:]]
    finally:
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(there)


pattern, _english = _parts()
lexicon = _english.sentiment
"""Loads its file when first looked into."""
