"""The engine's side: a control becomes a policy of pulumi-policy, and a roster a pack."""

from collections.abc import Sequence

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from policies.kit import Control, Resource, message


def run_pack(name: str, description: str, roster: Sequence[Control]) -> None:
    """Serve a pack until the engine ends the process."""
    PolicyPack(
        name=name,
        description=description,
        enforcement_level=EnforcementLevel.MANDATORY,
        policies=[policy_of(control) for control in roster],
    )


def policy_of(control: Control) -> ResourceValidationPolicy:
    """The control as the engine calls it.

    Unknown values of a preview leave by the exception that pulumi-policy turns into "can't run policy": not evaluated,
    and never a pass. A control that breaks is a fault of its own, with words instead of a stack trace.
    """

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type not in control.types:
            args.not_applicable()
        try:
            found = control.find(Resource(args.resource_type, args.props, protected=bool(args.opts.protect)))
        except UnknownValueError:
            raise
        except Exception as broken:
            # The exception's own words could hold a value of the resource.
            found = f"a shape that {control.id} cannot judge ({type(broken).__name__})"
        if found is not None:
            report(message(control, args.name, args.resource_type, found), None)

    return ResourceValidationPolicy(
        name=control.id,
        description=control.title,
        validate=validate,
        severity=Severity(control.severity.value),
        display_name=control.title,
        remediation_steps=control.fix,
        url=f"docs/policies.md#{control.id}",
    )
