"""A download ends with the right file or says why not, whatever happens on the way, and loses nothing that arrived."""

from __future__ import annotations

import json
import random
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import (
    Cancelled,
    DiskFull,
    DownloadDamaged,
    DownloadError,
    DownloadRefused,
    EngineError,
    InvalidRequest,
    NetworkOff,
    SecretsUnavailable,
)
from engine.hub import Download, DownloadProgress, Hub, HubFile, waiting
from engine.hub.fetching import Patience
from engine.network import Network
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.hub.loopback import LoopbackHub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = "owner/some-model-GGUF"
NAME = "some-model-Q4_K_M.gguf"
SIZE = 400_000
TOKEN = "hf_secret_of_the_test"
QUICK = Patience(attempts=3, pause=0.001, longest_wait=1.0)


def model(seed: int = 1, **split: int) -> bytes:
    """Return a model whose bytes differ from those of another seed, also where its weights stand."""
    head = gguf(LLAMA | {f"split.{key}": value for key, value in split.items()}, TENSORS)
    return head + random.Random(seed).randbytes(SIZE - len(head))


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with LoopbackHub() as served:
        served.add(REPOSITORY, {NAME: model(), "README.md": b"# A model"}, licence="apache-2.0")
        yield served


class Person:
    """Downloads from a hub into a folder, and keeps what was shown meanwhile."""

    def __init__(self, hub: LoopbackHub, folder: Path, *, token: str | None = None, network: Network | None = None):
        self.hub, self.folder, self.token = hub, folder, token
        self.network = network or Network()
        self.seen: list[DownloadProgress] = []

    def list(self, repository: str = REPOSITORY, pattern: str = "*.gguf") -> list[HubFile]:
        return Hub(self.network, endpoint=self.hub.url, token=lambda: self.token).files(repository, pattern)

    def download(
        self, files: list[HubFile] | None = None, should_stop: Callable[[], bool] = lambda: False
    ) -> tuple[Path, ...]:
        self.seen = []
        files = self.list() if files is None else files
        token = lambda: self.token  # noqa: E731 - as a settings page has it
        download = Download(files, self.folder, self.network, token, endpoint=self.hub.url, patience=QUICK)
        return download.run(self.seen.append, should_stop)

    def pause_after(self, size: int, files: list[HubFile] | None = None) -> None:
        """Press Pause once so many bytes have arrived; the hub holds the rest back."""
        files = self.list() if files is None else files
        self.hub.hold_after = self.hub.sent + size
        with pytest.raises(Cancelled):
            self.download(files, lambda: sum(part.stat().st_size for part in self.folder.glob("*.part")) >= size)
        self.hub.hang_up()

    @property
    def part(self) -> Path:
        return self.folder / f"{NAME}.part"

    def fetched(self, run: Callable[[], tuple[Path, ...]]) -> tuple[list[int], tuple[Path, ...]]:
        """Return how many bytes each answer of the store was to have while something ran, and what it returned."""
        before = len(self.hub.files_asked())
        paths = run()
        return [asked.length for asked in self.hub.files_asked()[before:]], paths

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def person(hub: LoopbackHub, tmp_path: Path) -> Person:
    return Person(hub, tmp_path / "models")


def test_a_model_arrives_whole_and_nothing_else_is_left(hub: LoopbackHub, person: Person) -> None:
    """Progress goes from asking over fetching to checking, never backwards within a stage."""
    (path,) = person.download()
    assert path.read_bytes() == model()
    assert person.left() == [NAME]
    assert waiting(person.folder) == []
    stages = [progress.stage for progress in person.seen]
    assert sorted(stages, key=["asking", "fetching", "checking"].index) == stages
    for stage in ("fetching", "checking"):
        done = [progress.done for progress in person.seen if progress.stage == stage]
        assert done == sorted(done)
        assert done[-1] == person.seen[-1].total == SIZE
    assert person.network.uses == ()


def test_what_is_used_of_the_network_can_be_seen(hub: LoopbackHub, tmp_path: Path) -> None:
    told: list[tuple[str, ...]] = []
    Person(hub, tmp_path, network=Network(listener=told.append)).download()
    assert told == [(f"Asking 127.0.0.1 for {REPOSITORY}",), (), ("Downloading some-model-Q4_K_M",), ()]


def test_a_model_that_is_there_is_not_fetched_again(hub: LoopbackHub, person: Person) -> None:
    person.download()
    assert person.fetched(person.download) == ([], (person.folder / NAME,))


def test_pausing_keeps_what_arrived_and_resuming_fetches_only_the_rest(hub: LoopbackHub, person: Person) -> None:
    person.pause_after(150_000)
    assert person.part.read_bytes() == model()[:150_000]
    (paused,) = waiting(person.folder.parent)
    assert (paused.name, paused.done, paused.total) == ("some-model-Q4_K_M", 150_000, SIZE)
    going_on = paused.download(person.network, lambda: None, endpoint=hub.url)
    fetched, (path,) = person.fetched(lambda: going_on.run(person.seen.append, lambda: False))
    assert path.read_bytes() == model()
    assert hub.files_asked()[-1].headers["range"] == "bytes=150000-"
    assert fetched == [SIZE - 150_000]
    assert waiting(person.folder) == []


def test_pausing_works_while_a_server_is_silent(hub: LoopbackHub, person: Person) -> None:
    """The server holds its breath for ever, and the pause does not wait for it."""
    hub.hold_after = 1
    asked: list[bool] = []

    def third_look() -> bool:
        asked.append(hub.held.is_set())
        return asked.count(True) > 2

    with pytest.raises(Cancelled, match="paused"):
        person.download(should_stop=third_look)
    hub.gate.set()
    assert person.part.stat().st_size == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "download" and not _ends(thread)]


def _ends(thread: threading.Thread) -> bool:
    thread.join(10)
    return not thread.is_alive()


def test_pausing_works_while_what_arrived_is_checked(hub: LoopbackHub, person: Person) -> None:
    with pytest.raises(Cancelled):
        person.download(should_stop=lambda: bool(person.seen) and person.seen[-1].stage == "checking")
    fetched, (path,) = person.fetched(person.download)
    assert path.read_bytes() == model()
    assert fetched == []


def test_switching_the_network_off_stops_a_download_that_runs(hub: LoopbackHub, person: Person) -> None:
    files = person.list()
    person.network.listener = lambda uses: setattr(person.network, "allowed", not uses)
    with pytest.raises(NetworkOff):
        person.download(files)
    person.network.allowed = False
    for ask in (person.list, lambda: person.download(files)):
        before = len(hub.asked)
        with pytest.raises(NetworkOff):
            ask()
        assert len(hub.asked) == before


def test_cut_connections_are_taken_up_where_they_broke(hub: LoopbackHub, person: Person) -> None:
    hub.cut_after = 90_000
    (path,) = person.download()
    assert path.read_bytes() == model()
    assert hub.sent == SIZE
    assert [asked.headers.get("range") for asked in hub.files_asked()] == [
        None,
        *(f"bytes={at}-" for at in (90_000, 180_000, 270_000, 360_000)),
    ]


def test_a_server_that_never_says_more_is_given_up_and_what_arrived_is_kept(hub: LoopbackHub, person: Person) -> None:
    files = person.list()
    person.pause_after(100_000, files)
    hub.answers_empty = True
    with pytest.raises(DownloadError, match="cannot be reached") as told:
        person.download(files)
    assert told.value.advice is not None
    assert "what has arrived is kept" in told.value.advice
    assert person.part.stat().st_size == 100_000
    hub.answers_empty = False
    assert person.download(files)[0].read_bytes() == model()


def test_a_server_that_knows_no_ranges_begins_anew_and_the_file_is_right(hub: LoopbackHub, person: Person) -> None:
    person.pause_after(150_000)
    hub.ignores_ranges = True
    fetched, (path,) = person.fetched(person.download)
    assert path.read_bytes() == model()
    assert fetched == [SIZE]


def test_a_model_of_another_size_than_promised_is_refused_before_it_is_fetched(
    hub: LoopbackHub, person: Person
) -> None:
    hub.wrong_size = 1000
    with pytest.raises(DownloadDamaged, match="another file by now"):
        person.download()
    assert person.left() == []


def test_a_server_that_sends_more_than_it_says_is_refused(hub: LoopbackHub, person: Person) -> None:
    """Its own length is believed no more than its bytes."""
    url = hub.put("/m.gguf", model())
    file = HubFile("", "", "m.gguf", SIZE - 1000, None, url)
    with pytest.raises(DownloadDamaged):
        person.download([file])
    assert person.left() == []


def test_a_model_with_another_hash_is_thrown_away_and_told(hub: LoopbackHub, person: Person) -> None:
    hub.wrong_hash = True
    with pytest.raises(DownloadDamaged, match=r"not what the hub promised.*thrown away"):
        person.download()
    assert person.left() == []
    assert waiting(person.folder) == []
    hub.wrong_hash = False
    assert person.download()[0].read_bytes() == model()


def test_a_file_that_changed_on_the_hub_is_fetched_from_its_beginning(hub: LoopbackHub, person: Person) -> None:
    person.pause_after(150_000)
    hub.add(REPOSITORY, {NAME: model(seed=2)})
    fetched, (path,) = person.fetched(person.download)
    assert path.read_bytes() == model(seed=2)
    assert fetched == [SIZE]


def test_a_file_that_changed_between_choosing_and_fetching_is_not_taken_for_the_chosen_one(
    hub: LoopbackHub, person: Person
) -> None:
    """The hub's own word for the hash is compared before the first byte."""
    files = person.list()
    revision = hub.repositories[REPOSITORY].revision
    hub.add(REPOSITORY, {NAME: model(seed=2)}).revision = revision
    with pytest.raises(DownloadDamaged, match="another file by now"):
        person.download(files)
    assert person.left() == []


def test_a_file_without_a_promised_hash_begins_anew_when_its_server_has_another(
    hub: LoopbackHub, person: Person
) -> None:
    file = HubFile("", "", NAME, SIZE, None, hub.put("/m.gguf", model()))
    person.pause_after(150_000, [file])
    hub.put("/m.gguf", model(seed=2))
    (path,) = person.download([file])
    assert path.read_bytes() == model(seed=2)


def test_a_gated_model_says_what_to_do_and_a_token_opens_it(hub: LoopbackHub, person: Person) -> None:
    files = person.list()
    hub.token = TOKEN
    for gated in (False, True):
        hub.gated = gated
        with pytest.raises(DownloadRefused) as told:
            person.download(files)
        assert told.value.advice is not None
        assert "Accept the licence on the model's page at the hub, and give a token" in told.value.advice
    person.token = "hf_wrong_one"
    hub.gated = False
    with pytest.raises(DownloadRefused, match="does not accept the token") as told:
        person.download(files)
    assert "hf_wrong_one" not in str(told.value)
    person.token = TOKEN
    assert person.download(files)[0].read_bytes() == model()


def test_the_token_goes_to_the_hub_and_to_nobody_else(hub: LoopbackHub, person: Person) -> None:
    """Neither to the store that the hub redirects to, nor into anything that is kept."""
    hub.token = person.token = TOKEN
    person.pause_after(150_000)
    kept = "".join(path.read_text("utf-8", "replace") for path in person.folder.iterdir())
    person.download()
    by_server = {(asked.server, asked.headers.get("authorization")) for asked in hub.asked}
    assert by_server == {("hub", f"Bearer {TOKEN}"), ("store", None)}
    assert TOKEN not in kept
    stray = HubFile("owner/model", "main", NAME, SIZE, None, hub.put("/m.gguf", model()))
    Person(hub, person.folder / "stray", token=TOKEN).download([stray])
    assert "authorization" not in hub.asked[-1].headers


def test_a_keyring_that_is_locked_does_not_stand_in_the_way_of_a_free_model(hub: LoopbackHub, person: Person) -> None:
    def locked() -> str | None:
        raise SecretsUnavailable("The system's keyring cannot be read.")

    files = Hub(person.network, endpoint=hub.url, token=locked).files(REPOSITORY)
    (path,) = Download(files, person.folder, person.network, locked, endpoint=hub.url).run(
        person.seen.append, lambda: False
    )
    assert path.exists()


def test_a_file_that_is_gone_from_the_hub_is_told(hub: LoopbackHub, person: Person) -> None:
    files = person.list()
    hub.repositories.clear()
    with pytest.raises(DownloadRefused, match="nothing of this name"):
        person.download(files)
    assert waiting(person.folder) == []


def test_a_hub_that_asks_to_wait_is_waited_for(hub: LoopbackHub, person: Person) -> None:
    hub.refusals = [(429, {"Retry-After": "0"}), (503, {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"})]
    assert person.download()[0].read_bytes() == model()


@pytest.mark.parametrize(
    ("answers", "error", "sentence"),
    [
        ([(429, {"Retry-After": "7200"})], DownloadRefused, "come back in 2 hours"),
        ([(429, {})] * 3, DownloadRefused, "come back later"),
        ([(502, {})] * 3, DownloadError, "a fault of its own"),
        ([(418, {})], DownloadRefused, "HTTP 418"),
        ([(302, {"Location": "ftp://127.0.0.1/m.gguf"})], DownloadRefused, "cannot be followed"),
        ([(429, {"RateLimit": '"resolvers";r=0;t=290'})], DownloadRefused, "come back in 5 minutes"),
    ],
)
def test_a_hub_that_does_not_hand_it_out_is_told_once_waiting_has_its_limit(
    hub: LoopbackHub, person: Person, answers: list[tuple[int, dict[str, str]]], error: type[EngineError], sentence: str
) -> None:
    files = person.list()
    hub.refusals = list(answers)
    with pytest.raises(error, match=sentence):
        person.download(files)
    assert hub.refusals == []
    assert person.download(files)[0].read_bytes() == model()


def test_waiting_for_a_hub_can_be_paused(hub: LoopbackHub, person: Person) -> None:
    files = person.list()
    hub.refusals = [(429, {"Retry-After": "1"})] * 3
    with pytest.raises(Cancelled):
        person.download(files, lambda: len(hub.refusals) < 3)


@pytest.mark.parametrize("target", ["http://192.0.2.1/m.gguf", "http://user:geheim@127.0.0.1/m.gguf", "/round"])
def test_redirects_lead_to_secure_addresses_only_and_come_to_an_end(
    hub: LoopbackHub, person: Person, target: str
) -> None:
    files = person.list()
    hub.redirect_to = f"{hub.url}/{REPOSITORY}/resolve/main/{NAME}" if target == "/round" else target
    with pytest.raises(EngineError) as told:
        person.download(files)
    assert "geheim" not in str(told.value)
    assert hub.sent == 0


def test_two_downloads_of_the_same_model_do_not_meet(hub: LoopbackHub, person: Person) -> None:
    """The second one says so at once, and the first one goes on undisturbed."""
    files = person.list()
    hub.hold_after = 100_000
    ended: list[tuple[Path, ...]] = []
    first = threading.Thread(target=lambda: ended.append(person.download(files)))
    first.start()
    assert hub.held.wait(30)
    second = Person(hub, person.folder)
    with pytest.raises(DownloadError, match="being downloaded into this folder already"):
        second.download(files)
    assert waiting(person.folder) == []
    hub.gate.set()
    first.join(30)
    assert ended[0][0].read_bytes() == model()
    assert person.left() == [NAME]


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(hub: LoopbackHub, person: Person) -> None:
    """What has arrived already needs no room again."""
    (file,) = person.list()
    huge = HubFile(file.repository, file.revision, file.name, 1 << 60, file.sha256, file.url)
    with pytest.raises(DiskFull, match="still to come, and the disk has"):
        person.download([huge])
    assert person.left() == []
    assert hub.sent == 0


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let this process write no file beyond a size: the disk's refusal comes in the middle of a write."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_refuses_in_the_middle_keeps_what_it_took(hub: LoopbackHub, person: Person) -> None:
    files = person.list()
    with largest_file(123_456), pytest.raises(DiskFull):
        person.download(files)
    assert person.part.read_bytes() == model()[:123_456]
    assert person.download(files)[0].read_bytes() == model()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_called_full(hub: LoopbackHub, person: Person) -> None:
    person.folder.mkdir()
    person.part.symlink_to("/dev/full")
    files = person.list()
    (person.folder / f"{NAME}.part.json").write_text(_record(files))
    with pytest.raises(DiskFull, match="The disk is full") as told:
        person.download(files)
    assert told.value.where == str(person.folder)


def _record(files: list[HubFile]) -> str:
    return json.dumps({"version": 1, "files": [vars(file) for file in files], "tags": {}})


def test_all_parts_of_a_split_model_arrive_and_it_appears_only_whole(hub: LoopbackHub, person: Person) -> None:
    parts = {f"Q4/big-0000{number}-of-00003.gguf": model(number, no=number - 1, count=3) for number in (1, 2, 3)}
    hub.add("owner/big", parts)
    files = person.list("owner/big", "*00002*")
    person.pause_after(SIZE + 150_000, files)
    assert not [name for name in person.left() if name.endswith(".gguf")]
    (paused,) = waiting(person.folder)
    assert (paused.name, paused.done, paused.total) == ("big", SIZE + 150_000, 3 * SIZE)
    fetched, paths = person.fetched(lambda: person.download(files))
    assert [path.name for path in paths] == [name.removeprefix("Q4/") for name in parts]
    assert [path.read_bytes() for path in paths] == list(parts.values())
    assert fetched == [SIZE - 150_000, SIZE]
    assert person.left() == [path.name for path in paths]


def test_a_split_model_with_a_part_missing_on_the_hub_is_refused(hub: LoopbackHub, person: Person) -> None:
    hub.add("owner/big", {f"big-0000{number}-of-00003.gguf": model() for number in (1, 3)})
    with pytest.raises(DownloadRefused, match="no part 2"):
        person.download(person.list("owner/big"))


def test_several_models_are_not_one_download(hub: LoopbackHub, person: Person) -> None:
    hub.add("owner/two", {"a.gguf": model(1), "b.gguf": model(2)})
    with pytest.raises(DownloadRefused, match="not the parts of one model"):
        person.download(person.list("owner/two"))
    with pytest.raises(InvalidRequest):
        person.download([])


def test_what_is_no_model_is_noticed_at_its_first_bytes(hub: LoopbackHub, person: Person) -> None:
    """A portal's page with status 200 is not fetched to its end."""
    hub.add(REPOSITORY, {NAME: b"<html>Sign in" * 100_000})
    hub.cut_after = 100_000
    with pytest.raises(DownloadDamaged, match="no GGUF file"):
        person.download()
    assert len(hub.files_asked()) == 1
    assert person.left() == []


def test_a_model_that_its_hub_has_broken_is_thrown_away(hub: LoopbackHub, person: Person) -> None:
    """Its hash is right, and its header is not."""
    hub.add(REPOSITORY, {NAME: b"GGUF" + bytes(1000)})
    with pytest.raises(DownloadDamaged, match="no model that can be used"):
        person.download()
    assert person.left() == []


def test_a_file_of_another_origin_is_never_written_over(hub: LoopbackHub, person: Person) -> None:
    person.folder.mkdir()
    own = person.folder / NAME
    for contents in (b"a person's own", model(seed=9)):
        own.write_bytes(contents)
        with pytest.raises(DownloadError, match="Another file of this name"):
            person.download()
        assert own.read_bytes() == contents


def test_an_unfinished_file_of_another_program_is_left_alone(hub: LoopbackHub, person: Person) -> None:
    """Browsers call theirs the same."""
    person.folder.mkdir()
    person.part.write_bytes(b"half of something")
    with pytest.raises(DownloadError, match="Another file of this name"):
        person.download()
    assert person.part.read_bytes() == b"half of something"
    assert person.left() == [person.part.name]


@pytest.mark.parametrize(
    "name",
    [
        "../up.gguf",
        "a/../../up.gguf",
        "/etc/model.gguf",
        "C:\\windows\\model.gguf",
        "C:model.gguf",
        "a/CON.gguf",
        "aux.Q4.gguf",
        "nul .gguf",
        "lpt1.gguf",
        ".hidden.gguf",
        "a//b.gguf",
        "line\nbreak.gguf",
        "\u202efugg.gguf",
        "star*.gguf",
        "x" * 250 + ".gguf",
        "model.gguf.exe",
    ],
)
def test_hostile_names_are_refused_on_every_system(hub: LoopbackHub, person: Person, name: str) -> None:
    file = HubFile(REPOSITORY, "main", name, SIZE, None, f"{hub.url}/m.gguf")
    with pytest.raises(DownloadRefused) as told:
        person.download([file])
    assert "\n" not in str(told.value)
    assert not person.folder.exists()


def test_a_paused_download_can_be_thrown_away(hub: LoopbackHub, person: Person) -> None:
    person.pause_after(150_000)
    (paused,) = waiting(person.folder)
    paused.throw_away()
    assert person.left() == []


@pytest.mark.parametrize("spoilt", ["", "{}", "[]", '{"version": 2}', '{"version": 1, "files": []}', "\xff", "name"])
def test_a_record_that_cannot_be_trusted_is_no_download_and_the_fetching_begins_anew(
    hub: LoopbackHub, person: Person, spoilt: str
) -> None:
    files = person.list()
    person.pause_after(150_000, files)
    if spoilt == "name":
        spoilt = _record([HubFile("", "", "../../elsewhere.gguf", SIZE, None, files[0].url)])
    (person.folder / f"{NAME}.part.json").write_text(spoilt, "latin-1")
    assert waiting(person.folder) == []
    fetched, (path,) = person.fetched(lambda: person.download(files))
    assert path.read_bytes() == model()
    assert fetched == [SIZE]


def test_a_folder_that_cannot_be_made_is_told(hub: LoopbackHub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    person = Person(hub, tmp_path / "file" / "models")
    with pytest.raises(DownloadError, match="cannot be written") as told:
        person.download()
    assert told.value.where is not None
    assert not isinstance(told.value, DiskFull)
