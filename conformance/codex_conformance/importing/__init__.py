"""Taking the app-server protocol of published releases into the store."""

from codex_conformance.importing._choice import missing, named, newer
from codex_conformance.importing._importer import Importer, Outcome
from codex_conformance.importing._npm import Catalogue, Npm
from codex_conformance.importing._progress import Progress
from codex_conformance.importing._store_folder import open_store, shipped_store_folder
from codex_conformance.importing._workspace import workspace

__all__ = [
    "Catalogue",
    "Importer",
    "Npm",
    "Outcome",
    "Progress",
    "missing",
    "named",
    "newer",
    "open_store",
    "shipped_store_folder",
    "workspace",
]
