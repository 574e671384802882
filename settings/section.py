"""The base of every section: immutable, and unknown keys are refused."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the stack config. Field docstrings become the editor hints and the reference page."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
