"""A schema as a form for typing a value by hand."""

from app.widgets.form.schema_form import SchemaForm

__all__ = ["SchemaForm"]
