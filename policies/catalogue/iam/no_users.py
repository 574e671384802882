"""People and programs come with roles."""

from policies.kit import Control, Resource, Severity

USER = "aws:iam/user:User"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"
ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
LOGIN = "aws:iam/userLoginProfile:UserLoginProfile"


def find(resource: Resource) -> str | None:
    return f"a {resource.type.rpartition(':')[2]}"


CONTROL = Control(
    module=__name__,
    title="The program makes no users and no access keys",
    why="Their credentials last until someone thinks of them, and they end up in files and chats.",
    severity=Severity.MEDIUM,
    types=(USER, ACCESS_KEY, LOGIN, ATTACHMENT),
    find=find,
    demanded="roles, which give credentials that end by themselves",
    fix="make a role that the person or program assumes",
    good=(),
    bad=(
        Resource(USER, {}),
        Resource(ACCESS_KEY, {"user": "deployer"}),
        Resource(LOGIN, {"user": "deployer"}),
        Resource(ATTACHMENT, {"user": "deployer"}),
    ),
)
