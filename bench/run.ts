console.log('No figures yet: one per file will be listed here.')
