"""What a document leaves open, read otherwise: at small sizes, with a name's usual meaning, in its section alone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from convsym.checker.anew import settle_anew
from convsym.checker.deadlinks import settle_dead_links
from convsym.checker.givenagain import leave_open_after
from convsym.checker.gradientnames import settle_gradient_names
from convsym.checker.instances import settle_instances
from convsym.checker.latersums import settle_later_sums
from convsym.checker.lostsums import settle_lost_sums
from convsym.checker.onelayer import settle_convolutional_layers
from convsym.checker.pictured import settle_pictured
from convsym.checker.pooled import settle_pooled
from convsym.checker.pooledcells import settle_pooled_cells
from convsym.checker.reach import settle_reach
from convsym.checker.rearranged import settle_rearranged
from convsym.checker.regions import settle_regions
from convsym.checker.sections import settle_sections
from convsym.checker.sized import settle_sized
from convsym.checker.slippedupdates import settle_slipped_updates
from convsym.checker.strayindices import settle_stray_indices
from convsym.checker.straylayers import settle_stray_layers
from convsym.checker.supposed import settle_supposed

if TYPE_CHECKING:
    from convsym.checker.session import Session


def settle_otherwise(session: Session) -> None:
    """Prove relations that stayed open in other readings of the document, each of which is said with its proof.

    Args:
        session: a document whose relations were judged; its findings are changed in place.
    """
    for settle in (
        settle_reach,
        settle_rearranged,
        settle_sized,
        settle_convolutional_layers,
        settle_instances,
        settle_later_sums,
        settle_lost_sums,
        settle_slipped_updates,
        settle_stray_layers,
        settle_dead_links,
        settle_supposed,
        settle_pictured,
        settle_gradient_names,
        settle_pooled,
        settle_pooled_cells,
        settle_regions,
        leave_open_after,
        settle_anew,
        settle_sections,
        settle_stray_indices,
    ):
        # A reading that fails leaves the verdicts as they are.
        with suppress(Exception):
            settle(session)


__all__ = ["settle_otherwise"]
