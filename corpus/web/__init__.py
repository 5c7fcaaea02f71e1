"""Pages of the web as documents: which address may be asked, how, and what was kept of it."""
