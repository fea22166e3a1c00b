"""The admin's own name and headings."""

from django.contrib import admin

admin.site.site_header = "EvalTracker: data entry"
admin.site.site_title = "EvalTracker"
admin.site.index_title = "Records"
