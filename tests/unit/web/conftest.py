"""One web app for the session; every test brings users of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from runtime.common import passwords
from runtime.common.references import Offered, write_catalogue
from runtime.common.users import User
from tests.emulator import Emulator
from tests.genome.bundle import build_genome
from tests.unit.outbox import Outbox
from tests.unit.web.parts import create_parts
from tests.unit.web.rendered_pages import RenderedPages
from tests.unit.web.site import MAIL_SENDER, Browser, Site, environment_of


@pytest.fixture(scope="session")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a script in the place of the genome browser, which npm brings."""
    folder = tmp_path_factory.mktemp("vendor")
    (folder / "igv.esm.min.js").write_text("export default {};")
    return folder


@pytest.fixture(scope="session")
def files(bundle_folder: Path) -> Path:
    """The references as an instance has them that offers the embedded one."""
    return bundle_folder.parent


@pytest.fixture(scope="session")
def rendered_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RenderedPages]:
    """What the sites below answer. At the end of the session it must be valid HTML."""
    pages = RenderedPages(tmp_path_factory.mktemp("pages"))
    yield pages
    pages.validate()


@pytest.fixture(scope="session")
def connect(
    emulator: Emulator, vendor: Path, rendered_pages: RenderedPages
) -> Callable[[Path], Site]:
    """Makes a web app on the session's emulator, for a folder with references."""

    def make(files: Path) -> Site:
        with environment_of(emulator):
            made = create_parts(emulator, files).connect(vendor)
        rendered_pages.collect_from(made.app)
        return made

    return make


@pytest.fixture(scope="session")
def site(connect: Callable[[Path], Site], files: Path) -> Site:
    """The web app of most tests."""
    return connect(files)


@pytest.fixture(scope="session")
def invented_site(
    connect: Callable[[Path], Site], tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """A web app whose reference is the invented genome: several contigs, both engines."""
    folder = tmp_path_factory.mktemp("invented")
    (folder / "scratch").mkdir()
    build_genome(folder / "invented", folder / "scratch")
    write_catalogue(folder, [Offered(name="invented", source="s3://references/invented-1")])
    return connect(folder)


@pytest.fixture(scope="session")
def site_of_two(
    connect: Callable[[Path], Site],
    bundle_folder: Path,
    genome_bundle: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    """A web app that offers rcrs and the invented genome."""
    folder = tmp_path_factory.mktemp("two")
    for name, bundle in (("rcrs", bundle_folder), ("invented", genome_bundle)):
        (folder / name).symlink_to(bundle)
    sources = {"rcrs": "s3://assets/rcrs.zip", "invented": "s3://references/invented-1"}
    write_catalogue(folder, [Offered(name=n, source=s) for n, s in sources.items()])
    return connect(folder)


@pytest.fixture
def own_site(connect: Callable[[Path], Site], files: Path) -> Site:
    """A web app for one test that breaks something of it."""
    return connect(files)


@pytest.fixture
def user(site: Site) -> User:
    """Somebody on the Free plan."""
    return site.user()


@pytest.fixture
def browser(site: Site, user: User) -> Browser:
    """The user's browser, signed in."""
    return site.browser(user)


@pytest.fixture
def outbox(emulator: Emulator) -> Outbox:
    """What the app mails from now on."""
    return Outbox(emulator, MAIL_SENDER)


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with the least work: how hard they are to guess is tested elsewhere."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    monkeypatch.setattr(passwords, "_NOBODYS", passwords.hash_of_nobody(quick))
