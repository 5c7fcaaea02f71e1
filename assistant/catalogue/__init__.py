"""Questions over model metadata: understood by rules, answered by query, shown as a table.

    annotate -> read -> decide -> run (index.catalogue) -> answer

A question that rules cannot read, wholly or in a part, is left to search. Knows nothing of
passages or of language models.
"""
