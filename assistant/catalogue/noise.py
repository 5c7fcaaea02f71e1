"""Words that change nothing in a question, words to mend others to, and words to leave alone.

Alphabetical, so that a word is easily found. Knows nothing of patterns (``lexicon``).
"""

from __future__ import annotations

import re

NOISE = frozenset(
    """a about accept accepts according achieve achieved achieves across actually after again ai
    album all also alternatives although am among an and announce announced another answer
    any anybody anyone anything appear appeared appears are arrive arrived arrives article
    as ascending aside asked at available away back basically be beat beats because been
    before began begin beginning being benchmark benchmarks between big billion bit boss
    both break breakdown brief broken build builds built busy but by call called came can
    candidate candidates card cards carried carries carry catalog catalogue checkpoint
    checkpoints children choice choices class colleague collection collections come comes
    completely context corpus could cover covered create created creates curious currently
    d data database date dates day daylight days descendants descending desk detail
    details develop developed develops did dig distribute distributed distribution divide
    do does down draft drop dropped during each early editor either elo else end equal
    eval evals evaluation ever every everybody everyone everything exact exactly exist
    exists family far fetch fewer field figure figures file files find first fit fits
    folks follow following follows for foundation frankly from full fully genuinely get
    gets give given gives global globally go goes going got gotten grab had hand handle
    handled handles hands has have having he heavy hello help here hey hi high hit hits
    hold holds home honestly how however huge i if in info information input inputs
    instruction instructions into introduce introduced inventory is issue issued it its
    just keep keeps kept kind kinds king knew know known land landed language large late
    launch launched launches leaderboard least length less let lets level library licence
    licenced licences licensed light line list listed literally little ll llm llms long
    look looking looks lot lots low m made make makes making many map market max maximum
    may me mean means meeting mention mentions might million min minimum model models
    month months more most much must my name names native need needs new newer no nobody
    now number numbers of off offer offered offers official offspring often ok okay old
    older on one ones only onto open-weights option options or order ordered origin other
    our out output outputs over overall overview param parameter parameters params people
    per percent perform performance performed performs piece place places please point
    points possible process processes produce produced produces prompt provide provides
    publish published publishes publishing pull purpose purposes put puts question quick
    quite rank ranked ranking ranks rather rating ratings re reach reached reaches read
    reads really recent recently recommend recommendation record recorded records release
    released releases releasing remain remains report reported reports respective
    respectively result results right roll room run rundown runs s said same saw say says
    scale score scored scorer scorers scores scoring see seem seems seen series set shall
    she ship shipped ships short should show side sides since sit sits size sized sizes
    small so some somebody someone something sort sorted sorts split splits spread start
    stay stays still story stuff such suggest suggestion suggestions support supported
    supporting supports swallow swallows t table take takes team tell terms test tests
    than thanks that the their them then there these they thing things think this those
    though thousand through time times tiny to today token tokens tomorrow total tried
    trillion try trying turn turns type types under understand understands until unveiled
    up us use used uses using value values variant variants ve vendor verified version
    versions very wake wakes walk want wants was we weight weights well went were what
    whats when where whereas whether which while who whole whom whose wide will window
    with within wonder wondered wondering work working works world worldwide worth would
    year years yes yesterday yet you your""".split()
)
"""Words that carry no condition of their own. A word that is neither here nor matched by a
pattern is left over, and a question with words left over is not answered by rules."""

CHINESE_NOISE = re.compile(
    "[的了是有在和与或及哪些个款种家请问列出告诉我一下吗呢吧啊都被为于由从到对把给让用"
    "支持发布推出模型开源过得所以中里上下之其它们什么多少几谁哪年月日号名称得分成绩分"
    "数评测基准榜单目前现在已经可以能够使用采用超低高大小于等最多长短新早后前内外并且"
    "同时以及全部所有每各按国公司目录共达到既处理又还过排列顺序先后之分别能并将想知道"
    "需要找他看见图请帮忙整理一份清单面输入许可证协议参数上下文长度窗口总量数值版本系列家族]"
)
"""Characters of such words in Chinese, which writes no spaces between words."""

FORMS = frozenset(
    """above activated active after april architecture audio august before below benchmark
    between bigger biggest billion catalogue chronological closed commercial community
    companies company compare compared comparison context count countries country december
    dense developer developers difference differences during exceed exceeding experts
    families family february fewer highest hybrid image images january july june larger
    largest latest least length less licence licences license licensed licenses licensing
    list longer longest lowest maker makers many march million mixture modality model
    models more most multimodal newer newest november number october older oldest open
    order ordered organisation organization over parameter parameters params permissive
    please proprietary quarter ranked ranking release released releases releasing score
    scored scores september shorter shortest show since smaller smallest sorted source
    sourced speech text than there thousand timeline token tokens trillion under until
    vendor verified versus video vision weight weights what which window""".split()
)
"""Words that the patterns are made of, whole, for mending misspelt ones."""

KEPT = frozenset(
    """apart autumn besides combined dated descended descends eight eighty except excluding
    fifteen fifty fires five following formerly forty four fourth grown half hundred lights
    neither never nine ninety nothing outside previously prior same second seven seventy
    similar sixty solely spring summer ten third thirty three throughout turn twelve twenty
    undisclosed unknown unspecified unstated upwards within without""".split()
)
"""Words that are spelled right and mean something to the rules beside the patterns, so that
"excluding" is not mended to "exceeding"."""
