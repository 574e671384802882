"""The components as a Pulumi provider, for programs in other languages."""

import dataclasses
import inspect
import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pulumi
from pulumi import InputPropertiesError, Inputs
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition, PropertyType
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.experimental.schema import generate_schema
from pulumi.provider.server import ComponentInitError

from components.errors import ComponentError

PACKAGE = "runlayer"
"""First part of every type token; never another, since stored states have it."""


class RunlayerProvider(ComponentProvider):
    """The SDK's provider, except that an argument with a default may be left out.

    The SDK reads annotations alone, and would demand every argument that is not `Optional`. And a refusal of a
    component arrives as its text alone, without a traceback.
    """

    def __init__(self, components: list[type[pulumi.ComponentResource]], version: str) -> None:
        """Infer the schema of the components.

        Args:
            components: classes whose `__init__` takes a dataclass named `args`.
            version: semantic version of the package.
        """
        super().__init__(components, PACKAGE, version=version)
        for component in components:
            args_type = inspect.get_annotations(component.__init__)["args"]
            _let_out(args_type, self._component_defs[component.__name__].inputs)
        for definition in self._type_defs.values():
            _let_out(definition.python_type, definition.properties)
        schema = generate_schema(
            PACKAGE, version, None, self._component_defs, self._type_defs, cast("Any", self._dependencies)
        )
        self.schema = json.dumps(schema.to_json(), sort_keys=True)
        for definition in [*self._component_defs.values(), *self._type_defs.values()]:
            properties = definition.inputs if isinstance(definition, ComponentDefinition) else definition.properties
            _leave_outputs_alone(properties)

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Build the component that another program asks for.

        Raises:
            InputPropertiesError: the component refuses its arguments, with the text of the refusal.
        """
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as fault:
            if isinstance(fault.inner, ComponentError):
                raise InputPropertiesError(str(fault.inner), []) from fault
            raise


def _leave_outputs_alone(properties: Mapping[str, PropertyDefinition]) -> None:
    """Keep the SDK from calling `int()` on a whole number that is another resource's output; `typed_args` reads it."""
    for each in properties.values():
        if each.type is PropertyType.INTEGER and not each.plain:
            each.type = PropertyType.NUMBER


def _let_out(python_type: type, properties: Mapping[str, PropertyDefinition]) -> None:
    """Mark the properties optional whose field has a default."""
    if not dataclasses.is_dataclass(python_type):
        return
    for field in _with_default(dataclasses.fields(python_type)):
        properties[_camel(field.name)].optional = True


def _with_default(fields: Iterable["dataclasses.Field[Any]"]) -> Iterable["dataclasses.Field[Any]"]:
    missing = dataclasses.MISSING
    return (each for each in fields if each.default is not missing or each.default_factory is not missing)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
