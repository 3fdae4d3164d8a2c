"""``pywry-auth credential``: fresh tokens for other programs, in the way each of them asks."""

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output


def credential(args: Arguments, output: Output) -> int:
    """Answer the tool that asks."""
    if args.operation is not None:
        from pywry_auth.cli.credential.choosing import require_operation

        require_operation(args)
    match args.kind:
        case "git":
            from pywry_auth.cli.credential.git import git as tool
        case "docker":
            from pywry_auth.cli.credential.docker import docker as tool
        case "kubectl":
            from pywry_auth.cli.credential.kubectl import kubectl as tool
        case _:
            from pywry_auth.cli.credential.aws import aws as tool
    return tool(args, output)


def for_docker() -> int:
    """Run as ``docker-credential-pywry-auth``, the name under which docker finds it."""
    import sys

    from pywry_auth.cli import main

    return main(["credential", "docker", *sys.argv[1:]])
