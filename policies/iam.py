"""IAM documents as controls read them."""

from collections.abc import Iterator

from policies.kit import Props, Resource
from policies.values import document, many, nested, text, words

POLICY = "aws:iam/policy:Policy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE = "aws:iam/role:Role"


def statements(props: Props, key: str) -> list[Props]:
    """Statements of the document in a property."""
    return [each for body in document(props, key) for each in many(body, "Statement")]


def allows(props: Props, key: str = "policy") -> Iterator[Props]:
    """Statements that allow something, in the property or in a role's inline policies."""
    sources = [props, *many(props, "inlinePolicies")]
    for source in sources:
        yield from (each for each in statements(source, key) if text(each, "Effect") == "Allow")


def public_statement(props: Props, key: str) -> str | None:
    """A statement that lets anyone in: `*` as principal, or all but some, and no condition that says who it is."""
    for each in statements(props, key):
        if text(each, "Effect") == "Allow" and _anyone(each) and not _says_who(each):
            return f"{label(each)} allows the principal * without a condition that says who"
    return None


def label(statement: Props) -> str:
    """How a statement is named in a message."""
    return f"statement {text(statement, 'Sid') or 'without Sid'}"


def services(statement: Props) -> list[str]:
    """Service principals of a statement."""
    return words(nested(statement, "Principal"), "Service")


def condition_keys(statement: Props) -> set[str]:
    """Keys that a statement's conditions hold to a value, in lower case.

    Not those that are only kept away from a value, that may be absent, or that may have any value.
    """
    condition = nested(statement, "Condition")
    holding = [each for each in condition if "Not" not in each and each != "Null" and not each.endswith("IfExists")]
    tests = [(key, words(nested(condition, each), key)) for each in holding for key in nested(condition, each)]
    return {key.lower() for key, values in tests if values and "*" not in values}


def resource(type_token: str, key: str, *body: Props) -> Resource:
    """An example: a resource whose property is a document of these statements."""
    return Resource(type_token, {key: {"Version": "2012-10-17", "Statement": list(body)}})


def _anyone(statement: Props) -> bool:
    principal = nested(statement, "Principal")
    named = words(statement, "Principal") + words(principal, "AWS")
    return "*" in named or "NotPrincipal" in statement


def _says_who(statement: Props) -> bool:
    who = {"aws:sourceaccount", "aws:sourcearn", "aws:principalaccount", "aws:principalarn", "aws:principalorgid"}
    return bool(condition_keys(statement) & (who | {"kms:calleraccount", "aws:sourceorgid"}))
