"""The words that questions about models are made of, as patterns over annotated text.

English and Chinese. Longer phrases stand before shorter ones. Knows nothing of queries.
"""

from __future__ import annotations

# --- what a word says of a comparison ------------------------------------------------------

COMPARATORS = (
    (
        "ge",
        r"(?:at least|no less than|not less than|no fewer than|a minimum of|minimum|"
        r"upwards of|not under|equal to or (?:more|greater) than|"
        r"(?:more|greater) than or equal to|"
        "至少|不少于|不低于|大于等于)",
    ),
    (
        "le",
        r"(?:(?:nothing|none|not one|no model) (?:larger|bigger|heavier|longer|more|higher) than|"
        r"at most|max(?= *<n)|no more than|not more than|not over|up to|a maximum of|maximum|"
        r"no larger than|no bigger than|not exceeding|(?:less|fewer) than or equal to|"
        "within|"
        "至多|不超过|最多|不大于|小于等于)",
    ),
    (
        "gt",
        r"(?:(?:strictly )?(?:more|greater|larger|bigger|higher|longer|better|wider|"
        r"heavier) th[ae]n|above|over|exceed(?:s|ing)?|beyond|in excess of|north of|past|"
        "超过|大于|高于|多于|长于|以上)",
    ),
    (
        "lt",
        r"(?:sub[ -]{0,2}(?=<)|"
        r"(?:strictly )?(?:less|fewer|smaller|lower|shorter|worse|lighter) th[ae]n|under|below|"
        "beneath|south of|"
        "低于|小于|少于|不到|短于|以下)",
    ),
    ("eq", r"(?:exactly|precisely|equal to|正好|恰好)"),
    ("about", r"(?:about|around|roughly|approximately|circa|some|大约|约)"),
)
OR_MORE = (
    r"(?:at (?:the )?least|or (?:more|above|larger|bigger|higher|greater|longer|over|better)|"
    r"and (?:up|above|over|more)|plus|"
    "及以上|以上|或更多)"
)
OR_LESS = (
    r"(?:at (?:the )?most|max(?:imum)?\b|tops\b|and no more|"
    r"or (?:less|fewer|below|smaller|under|lower)|and (?:below|under|less)|"
    "及以下|以下|以内)"
)

# --- fields of a card, as people name them -------------------------------------------------

ATTRIBUTES = (
    (
        "licence_class",
        r"(?:(?:kinds?|types?|class(?:es)?|categor(?:y|ies)) of licen[cs]es?|"
        r"licen[cs]e (?:class(?:es)?|kinds?|types?|categor(?:y|ies))|"
        r"许可(?:证)?(?:类型|类别|种类))",
    ),
    (
        "active_params_b",
        r"(?:(?:number of )?(?:active|activated)(?: params?| parameters?|"
        r" weights)(?: count)?|"
        r"(?:params?|parameters?) (?:are |is )?(?:active|activated)(?: per token)?|"
        "active size|active|activated|"
        r"激活参数(?:量|规模)?)",
    ),
    (
        "total_params_b",
        r"(?:(?:total |overall )?(?:number of |count of )?(?:total )?(?:params?|"
        r"parameters?)(?: counts?| sizes?| in total)?|model sizes?|sizes?|"
        r"how (?:big|large|small)|"
        r"总参数(?:量|规模)?|参数(?:量|规模|数量|数)?|规模|多大)",
    ),
    (
        "context_tokens_approx",
        r"(?:(?:native |maximum |"
        r"max )?context(?:[- ](?:lengths?|windows?|sizes?|limits?))?(?: tokens?)?|"
        r"how (?:long|many tokens)|(?:input |prompt )?length|tokens? of context|"
        r"上下文(?:长度|窗口)?|多长)",
    ),
    (
        "licence",
        r"(?:licen[cs]e(?:s|d)?(?: terms)?|licen[cs]ing(?: terms)?|legal terms|"
        "许可证|许可协议|许可|开源协议|协议|授权)",
    ),
    (
        "release_date",
        r"(?:release dates?|launch dates?|dates? of (?:release|publication)|"
        r"publication dates?|when|what (?:day|date|month|year)|"
        r"which (?:day|date|month|year)|"
        r"发布(?:日期|时间)|什么时候|何时|哪年|哪天)",
    ),
    (
        "developer",
        r"(?:developers?|labs?|compan(?:y|ies)|makers?|vendors?|organi[sz]ations?|teams?|"
        "firms?|publishers?|creators?|authors?|providers?|startups?|whose|who|"
        "谁|哪家公司|哪家|公司|厂商|开发者|机构|实验室|团队)",
    ),
    ("country", r"(?:countr(?:y|ies)|nations?|nationalit(?:y|ies)|where|国家|哪国|哪个国家)"),
    ("architecture", r"(?:architectures?|架构)"),
    ("modalities", r"(?:modalit(?:y|ies)|input types?|inputs?|模态)"),
    (
        "base_model",
        r"(?:base(?:d)?[- ]models?|"
        r"(?:based|built|fine-?tuned|distilled|derived|trained) (?:on|from|upon|"
        r"on top of)(?: (?:what|which))?|on top of|"
        r"(?:an? )?(?:fine-?tune|distillation|derivative|descendant) of(?: what| which)?|"
        r"基于|基座(?:模型)?|底座)",
    ),
    ("open_weights", r"(?:openness|open or closed|closed or open|open or proprietary)"),
    ("family", r"(?:famil(?:y|ies)|series|lineup|line-up|系列|家族)"),
)

# --- conditions that are single words ------------------------------------------------------

CLOSED = (
    r"(?:(?:kept|held) (?:back|private|closed|secret)|"
    r"(?:that )?(?:you |i |we |one )?(?:can't|cannot|can not) (?:be )?download(?:ed)?|"
    r"not open(?:[- ]?(?:weights?|source[d]?))?|non-open|"
    r"closed(?:[- ](?:weights?|source[d]?))?|proprietary|api[- ]only|"
    r"(?:under )?lock and key|locked(?: up| away)?|unreleased|withheld|"
    r"(?:weights )?(?:are |is )?(?:not|never) (?:been )?(?:published|released|public|"
    r"downloadable|available)|behind an api|"
    "闭源)"
)
OPEN = (
    r"(?:open[- ]?(?:weights?|weighted|source[d]?|licen[cs]ed)|"
    r"openly (?:available|released|licensed|published)|open|"
    r"with (?:public|published|downloadable) weights|"
    r"(?:published|public|downloadable|released|available) weights|"
    r"weights (?:are )?(?:public|published|open|downloadable|available|out)|"
    r"(?:weights )?(?:that |which )?(?:i|we|you|one|anyone|people) can (?:actually |"
    "really )?(?:download|take home)|downloadable|"
    r"(?:can|could|may) be downloaded|"
    r"can (?:i|we|you|one|anyone|people) (?:actually |really )?(?:download|take home)|"
    r"(?:releas\w+|publish\w*|let(?:s|ting)? go of|giv\w+ away|put(?:s|ting)? out|shar\w+|"
    r"open\w*(?: up)?|hand\w* (?:out|over)) (?:(?:any|all|some|its|their|the|of) )*weights|"
    "开放权重|开源|开放)"
)
COMMERCIAL = (
    r"(?:(?:usable|used|allowed|licensed|fine|ok(?:ay)?|free|available|suitable|"
    r"good) (?:commercially|for commercial (?:use|purposes))|commercially(?: usable)?|"
    r"(?:allow(?:s|ing)?|permit(?:s|ting)?|for) commercial (?:use|purposes)|"
    r"(?:put|used?|shipped|built) (?:it |them )?(?:in|into) (?:a |my |our )?commercial \w+|"
    r"commercial (?:use|products?|projects?|apps?|settings?)|"
    "可商用|商用)"
)
NOT_COMMERCIAL = (
    r"(?:(?:off[- ]limits|not (?:allowed|usable|licensed|permitted|free|ok(?:ay)?|meant)|"
    r"forbidden|barred|closed) (?:for|to) commercial (?:use|purposes|users)|"
    r"(?:forbids?|prohibits?|bars?|bans?|excludes?|rules? out|"
    r"(?:do(?:es)? not|don't|doesn't|cannot|can't) (?:allow|permit|be used for|have)) "
    r"commercial (?:use|purposes)|(?:no|without) commercial (?:use|rights)|"
    "禁止商用|不可商用|不能商用)"
)
MODALITIES = (
    ("video", r"(?:videos?|视频)"),
    ("audio", r"(?:audio|speech|voice|sound (?:input|files?)|hears?|listens?|ears|语音|音频)"),
    (
        "image",
        r"(?:multi-?modal|vision(?:[- ](?:language|capable))?|images?|pictures?|photos?|"
        r"visual|vlms?|eyes|(?:can|able to|that) see(?= |$)|"
        "图像|图片|视觉|多模态)",
    ),
)
TEXT_ONLY = (
    r"(?:(?:cannot|can't|can not|do(?:es)? not|don't|doesn't|without|no|unable to|not able to) "
    r"(?:see|handle|take|accept|process|read|support|understand)? ?(?:images?|pictures?|vision)"
    r"(?: input)?|text[- ]only|only (?:handle |take |accept )?text|"
    "纯文本)"
)
ARCHITECTURES = (
    ("MoE", r"(?:moes?|mixture[- ]of[- ]experts?|sparse(?: mixture)?|混合专家)"),
    ("dense", r"(?:dense|稠密)"),
    ("Mamba", r"(?:mamba(?:-2)?)"),
    ("SSM", r"(?:ssms?|state[- ]space)"),
    ("hybrid", r"(?:hybrid)"),
)

# --- order ---------------------------------------------------------------------------------

SUPERLATIVES = (
    ("release_date", True, r"(?:newest|latest|most recent(?:ly)?|最新|最近)"),
    ("release_date", False, r"(?:oldest|earliest|very first|first|最早|第一个|首个)"),
    (
        "active_params_b",
        True,
        r"(?:most|largest(?: number of)?|highest(?: number of)?)(?= active)",
    ),
    (
        "active_params_b",
        False,
        r"(?:fewest|smallest(?: number of)?|least|lowest(?: number of)?)(?= active)",
    ),
    (
        "context_tokens_approx",
        True,
        r"(?:(?:longest|largest|biggest|widest|highest|greatest|most)(?: native| maximum|"
        r" input)*(?= context| tokens? of context)|longest|"
        r"上下文(?:长度|窗口)?最(?:长|大)|最长(?:的)?(?=上下文))",
    ),
    (
        "context_tokens_approx",
        False,
        r"(?:(?:shortest|smallest|lowest)(?= context)|shortest|"
        r"上下文(?:长度|窗口)?最(?:短|小)|最短(?:的)?(?=上下文))",
    ),
    (
        "total_params_b",
        True,
        r"(?:largest|biggest|greatest|heaviest|most parameters|most params|"
        r"highest(?: number of)?(?= param)|"
        r"参数(?:量)?最(?:多|大)|最大)",
    ),
    (
        "total_params_b",
        False,
        r"(?:smallest|tiniest|littlest|fewest|lightest|"
        r"参数(?:量)?最(?:少|小)|最小)",
    ),
)
BEST = (
    r"(?:highest[- ]scoring|best[- ]scoring|best[- ]performing|top[- ]scoring|highest|"
    "best|top|strongest|leading|leads|king|queen|champion|leader|winner|"
    r"record(?:[- ]holder)?|podium|number one|no\.? ?1|most (?:points|capable)|"
    r"(?:scores?|performs?|does|ranks?|do|is|are) (?:the )?(?:highest|best|first|top)|"
    "tops|wins|"
    "最高|最好|最强|第一)"
)
WORST = (
    r"(?:(?:very |rock |dead )?(?:bottom|last)(?: of| place)?|tail end|lowest[- ]scoring|"
    "lowest|worst|weakest|poorest|"
    "最低|最差)"
)

COMPARATIVES = (
    (
        "context_tokens_approx",
        True,
        r"(?:(?:longer|larger|bigger|wider|more|greater)(?= context)|longer)",
    ),
    ("context_tokens_approx", False, r"(?:(?:shorter|smaller)(?= context)|shorter)"),
    ("active_params_b", True, r"more(?= active)"),
    ("active_params_b", False, r"fewer(?= active)"),
    ("total_params_b", True, r"(?:bigger|larger|heavier|greater|more(?= param)|更大)"),
    ("total_params_b", False, r"(?:smaller|lighter|fewer(?= param)|更小)"),
    ("total_params_b", True, r"(?:参数(?:量)?更(?:多|大)|(?<=参数)更多)"),
    ("context_tokens_approx", True, r"(?:上下文(?:长度|窗口)?更(?:长|大)|更长)"),
    ("release_date", True, r"(?:newer|more recent|later|more recently|after|更新|更晚)"),
    ("release_date", False, r"(?:older|earlier|sooner|before|更早)"),
)
BEATS = (
    r"(?:beats?|outperforms?|outscores?|surpass(?:es)?|wins?|better|higher|stronger|"
    r"ahead(?: of)?|"
    "超过|胜过|更高|更好|更强)"
)

# --- what is made of the rows --------------------------------------------------------------

COUNT = (
    r"(?:ho?w many|"
    r"(?:what is|what's|give me|tell me) the (?:total |exact )?(?:number|count) of|"
    r"the (?:total |exact )?(?:number|count) of|number of|count(?: up)?(?: of)?|"
    r"多少(?:个|款|种)?|几(?:个|款|种)|总数)"
)
TIMELINE = (
    r"(?:time ?lines?|chronolog(?:y|ical(?:ly)?)(?: order)?|"
    r"in (?:order of (?:release|date)|date order|release order)|"
    r"(?:ordered|sorted) by (?:release )?date|by (?:release )?date|in order|"
    r"时间线|按(?:发布)?(?:时间|日期)(?:顺序|先后)?|年表|时间轴)"
)
COMPARE = (
    r"(?:compar(?:e|es|ed|ing|ison)(?: of| between)?(?: with| to| against)?|versus|vs\.?|"
    r"v\.|differences? between|differs?(?: from| between)?|different(?: from)?|"
    r"side[- ]by[- ]side|stack(?:s)? up(?: against)?|head[- ]to[- ]head|next to|alongside|"
    "up against|beside|against|"
    "对比|比较|区别|相比|差别|不同)"
)
GROUP = (
    r"(?:per|and for how many(?: models?)? each|"
    r"by(?= (?:the |their )?(?:[a-z]+ ){0,2}[a-z]+ *(?:[?.,]|$))|for each|"
    r"for every|in each|under each|each(?! of)|how often(?: each)?|grouped by|"
    r"(?:broken|break) down by|split by|"
    "各个?|分别)"
)
EACH_OF = r"(?:different|distinct|(?:kinds?|types?) of(?! licen))"
MOST_OF = (
    r"(?:(?:the )?most|largest number of|highest number of|biggest number of|"
    r"(?:comes? out )?on top|leads|ranks? first|tops|"
    "最多)"
)

TARGET = (
    r"(?:(?:large |small )?language models?|foundation models?|ai models?|models?|llms?|"
    "slms?|checkpoints?|weights|variants?|versions?|releases?|entries|entry|cards?|ones|"
    "systems?|anything|everything|something|stuff|things?|offspring|descendants?|"
    "children|"
    "大语言模型|语言模型|大模型|模型)"
)
LIST = (
    r"(?:which|what|list|show|name|find|give|tell|any|anyone|roll call|rundown|inventory|"
    "overview|"
    "哪些|哪个|哪款|列出|有什么|有没有|是否有|什么)"
)
EXISTS = (
    r"^(?:so |and |but |then |hey,? |please )?(?:is there|are there|"
    r"does <[dcf]\d+> (?:have|offer)|does any(?:one|body)|do any|has any(?:one|body)|"
    r"do we (?:have|know)|has <[dcf]\d+> (?:released|published|made)|"
    r"did <[dcf]\d+> (?:release|publish|make))|"
    "有没有|是否有"
)
YES_NO = (
    r"^(?:so |and |but |then |hey,? |please |well,? )?(?:is|are|was|were|does|do|did|can|"
    r"could|has|have|isn't|aren't|doesn't)\b|"
    r"吗\s*\??$|是否|是不是"
)
