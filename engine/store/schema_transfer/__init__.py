"""Schemas into files and out of them.

    export_schemas(store.histories, [3, 5], Path("schemas.json"), "library")
    told = import_schemas(store.histories, Path("schemas.json"))

A library file is our own JSON, which loses nothing: names, tags, every version with its note, drafts. A plain file is
the text of one schema as it stands, byte for byte. A folder and a ZIP archive hold both: a library file, and beside it
each schema as a plain file for other programs. Read is any of these, and files of a schema a line; folders and archives
without a library file too. What a file is shows in what it holds; only a file of a schema a line is known by its name.

As with threads (`engine.store.transfer`), an export has its name when it is whole, and an import saves whole schemas,
some at a time: one that is killed leaves no half schema, and run again it adds what is missing, since a schema that is
there already is left out. Schemas that cannot be read are counted and named; the others are saved.
"""

from engine.store.schema_transfer.exporting import SchemaFormat, export_schemas
from engine.store.schema_transfer.importing import ImportedSchemas, import_schemas, import_schemas_in_steps

__all__ = [
    "ImportedSchemas",
    "SchemaFormat",
    "export_schemas",
    "import_schemas",
    "import_schemas_in_steps",
]
