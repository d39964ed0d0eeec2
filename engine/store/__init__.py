"""What must not be lost: threads, schemas, drafts, settings, jobs and their rows, in one SQLite file of the profile.

    with Store(default_profile()) as store:
        store.settings.put("theme", "dark")
        job = store.jobs.open(plan, identity=plan_sha256)

A `Store` belongs to the OS thread that opened it (one lane, which sqlite3 enforces); other threads and other
processes open their own on the same profile. What a method has written when it returns survives `kill -9` and
a power cut.

The library of schemas has faces of its own, `engine.store.schemas` and `engine.store.histories`. They are imported when
it is first asked for: the window starts without it.
"""

from engine.store.backup import Backup, back_up, newest_backup, restore, set_aside
from engine.store.jobs import Correction, Coverage, Job, Jobs, Row, RowState
from engine.store.lock import claim_profile
from engine.store.messages import Answer, Attachment, MessageState, Node, Role
from engine.store.profile import default_profile
from engine.store.search import Hit
from engine.store.store import Store
from engine.store.threads import INTERFACE, Desk, Folder, Thread
from engine.store.trees import Message, Tree

__all__ = [
    "INTERFACE",
    "Answer",
    "Attachment",
    "Backup",
    "Correction",
    "Coverage",
    "Desk",
    "Folder",
    "Hit",
    "Job",
    "Jobs",
    "Message",
    "MessageState",
    "Node",
    "Role",
    "Row",
    "RowState",
    "Store",
    "Thread",
    "Tree",
    "back_up",
    "claim_profile",
    "default_profile",
    "newest_backup",
    "restore",
    "set_aside",
]
