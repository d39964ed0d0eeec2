"""Generated interfaces: the gallery, the one that is shown, and what is asked of the model for it.

Made when the page is first shown (`Session.interfaces`): the window stands without it.
"""

from app.session.interfaces.answer import InterfaceAnswer, TurnKind
from app.session.interfaces.attached import Attached
from app.session.interfaces.growing import Growing, Prefixes
from app.session.interfaces.interfaces import MOST_VARIANTS, Interfaces
from app.session.interfaces.means import Profile
from app.session.interfaces.reading import Turn
from engine.store.interfaces import InterfaceRow as Row

__all__ = [
    "MOST_VARIANTS",
    "Attached",
    "Growing",
    "InterfaceAnswer",
    "Interfaces",
    "Prefixes",
    "Profile",
    "Row",
    "Turn",
    "TurnKind",
]
