"""Questions over model metadata: understood by rules, answered by query, shown as a table.

    annotate -> read -> decide -> run (index.catalogue) -> answer

Knows nothing of passages or of the language model, except where ``fallback`` asks one.
"""
