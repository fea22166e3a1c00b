"""Review: what waits for a second person."""

from django.contrib import admin

from labs.models import Proposal


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):
    """The queue of proposals."""
