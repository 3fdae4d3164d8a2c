"""GitHub, by its REST interface."""

from collections.abc import AsyncGenerator, Mapping
from typing import ClassVar

from pywry_auth.integrations.reaching.health import Probe
from pywry_auth.integrations.reaching.paging import LinkHeader, Paging
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.targets.model import Reply


MOST = 100  # items that GitHub gives at once


class GitHubUser(Reply):
    """A person, an organisation or a bot."""

    id: int
    login: str
    name: str | None = None
    email: str | None = None
    html_url: str = ""


class GitHubRepository(Reply):
    """A repository."""

    id: int
    name: str
    full_name: str
    private: bool = False
    html_url: str = ""
    default_branch: str = ""


class GitHub(Target):
    """Reaches github.com, or an enterprise server whose address ends with ``/api/v3``."""

    key: ClassVar[str] = "github"
    usual_base_url: ClassVar[str] = "https://api.github.com"
    paging: ClassVar[Paging] = LinkHeader()

    def headers(self) -> Mapping[str, str]:
        """Ask for the present form of answers."""
        return {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}

    def probe(self) -> Probe:
        """Ask whose token it is."""
        return Probe("/user")

    async def user(self) -> GitHubUser:
        """Give the account that the token belongs to."""
        return await self.read(GitHubUser, "/user")

    def repositories(self, *, limit: int | None = None) -> AsyncGenerator[GitHubRepository]:
        """Give the repositories that the account may see, *limit* of them at most."""
        size = MOST if limit is None else max(1, min(limit, MOST))
        return self.items(GitHubRepository, "/user/repos", limit=limit, params={"per_page": size})
