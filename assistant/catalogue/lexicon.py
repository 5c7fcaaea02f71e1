"""The words that questions about models are made of, as patterns over annotated text.

English and Chinese. Longer phrases stand before shorter ones. Knows nothing of queries.
"""

from __future__ import annotations

import re

# --- what a word says of a comparison ------------------------------------------------------

COMPARATORS = (
    ("ge", r"(?:at least|no less than|not less than|no fewer than|a minimum of|minimum|upwards of|"
           r"not under|equal to or (?:more|greater) than|(?:more|greater) than or equal to|至少|不少于|"
           r"不低于|大于等于)"),
    ("le", r"(?:at most|no more than|not more than|not over|up to|a maximum of|maximum|no larger than|"
           r"no bigger than|not exceeding|(?:less|fewer) than or equal to|within|至多|不超过|最多|不大于|"
           r"小于等于)"),
    ("gt", r"(?:(?:strictly )?(?:more|greater|larger|bigger|higher|longer|better|wider) than|above|"
           r"over|exceed(?:s|ing)?|beyond|in excess of|north of|past|超过|大于|高于|多于|长于|以上)"),
    ("lt", r"(?:sub[ -]{0,2}(?=<)|(?:strictly )?(?:less|fewer|smaller|lower|shorter|worse) than|under|below|beneath|"
           r"south of|低于|小于|少于|不到|短于|以下)"),
    ("eq", r"(?:exactly|precisely|equal to|正好|恰好)"),
    ("about", r"(?:about|around|roughly|approximately|circa|some|大约|约)"),
)  # fmt: skip
OR_MORE = r"(?:or (?:more|above|larger|bigger|higher|greater|longer|over|better)|and (?:up|above|over|more)|plus|及以上|以上|或更多)"
OR_LESS = (
    r"(?:or (?:less|fewer|below|smaller|under|lower)|and (?:below|under|less)|及以下|以下|以内)"
)

# --- fields of a card, as people name them -------------------------------------------------

ATTRIBUTES = (
    ("licence_class", r"(?:(?:kinds?|types?|class(?:es)?|categor(?:y|ies)) of licen[cs]es?|licen[cs]e "
                      r"(?:class(?:es)?|kinds?|types?|categor(?:y|ies))|许可(?:证)?(?:类型|类别|种类))"),
    ("active_params_b", r"(?:(?:number of )?(?:active|activated)(?: params?| parameters?| weights)"
                        r"(?: count)?|(?:params?|parameters?) (?:are |is )?(?:active|activated)"
                        r"(?: per token)?|active size|active|activated|激活参数(?:量|规模)?)"),
    ("total_params_b", r"(?:(?:total |overall )?(?:number of |count of )?(?:total )?(?:params?|"
                       r"parameters?)(?: counts?| sizes?| in total)?|model sizes?|sizes?|how (?:big|"
                       r"large|small)|总参数(?:量|规模)?|参数(?:量|规模|数量|数)?|规模|多大)"),
    ("context_tokens_approx", r"(?:(?:native |maximum |max )?context(?:[- ](?:lengths?|windows?|sizes?|"
                              r"limits?))?(?: tokens?)?|how (?:long|many tokens)|(?:input |prompt )?"
                              r"length|tokens? of context|上下文(?:长度|窗口)?|多长)"),
    ("licence", r"(?:licen[cs]e(?:s|d)?(?: terms)?|licen[cs]ing(?: terms)?|legal terms|许可证|许可协议|"
                r"许可|开源协议|协议|授权)"),
    ("release_date", r"(?:release dates?|launch dates?|dates? of (?:release|publication)|"
                     r"publication dates?|when|what (?:day|date|month|year)|which (?:day|date|month|year)|"
                     r"发布(?:日期|时间)|什么时候|何时|哪年|哪天)"),
    ("developer", r"(?:developers?|labs?|compan(?:y|ies)|makers?|vendors?|organi[sz]ations?|teams?|"
                  r"firms?|publishers?|creators?|authors?|providers?|startups?|whose|who|谁|哪家公司|哪家|公司|"
                  r"厂商|开发者|机构|实验室|团队)"),
    ("country", r"(?:countr(?:y|ies)|nations?|nationalit(?:y|ies)|where|国家|哪国|哪个国家)"),
    ("architecture", r"(?:architectures?|架构)"),
    ("modalities", r"(?:modalit(?:y|ies)|input types?|inputs?|模态)"),
    ("base_model", r"(?:base(?:d)?[- ]models?|(?:based|built|fine-?tuned|distilled|derived|trained) "
                   r"(?:on|from|upon|on top of)(?: (?:what|which))?|on top of|基于|基座(?:模型)?|底座)"),
    ("open_weights", r"(?:openness|open or closed|closed or open|open or proprietary)"),
    ("family", r"(?:famil(?:y|ies)|series|lineup|line-up|系列|家族)"),
)  # fmt: skip

# --- conditions that are single words ------------------------------------------------------

CLOSED = (
    r"(?:not open(?:[- ]?(?:weights?|source[d]?))?|non-open|closed(?:[- ](?:weights?|source[d]?))?|"
    r"proprietary|api[- ]only|(?:under )?lock and key|locked(?: up| away)?|unreleased|withheld|"
    r"(?:weights )?(?:are |is )?(?:not|never) (?:been )?(?:published|released|public|downloadable|"
    r"available)|kept (?:private|closed|secret)|behind an api|闭源)"
)
OPEN = (
    r"(?:open[- ]?(?:weights?|weighted|source[d]?|licen[cs]ed)|openly (?:available|released|licensed|"
    r"published)|open|with (?:public|published|downloadable) weights|(?:published|public|downloadable|"
    r"released|available) weights|weights (?:are )?(?:public|published|open|downloadable|available|"
    r"out)|(?:weights )?(?:that |which )?(?:i|we|you|one|anyone|people) can (?:actually |really )?"
    r"download|downloadable|开放权重|开源|开放)"
)
COMMERCIAL = (
    r"(?:(?:usable|used|allowed|licensed|fine|ok(?:ay)?|free|available|suitable|good) (?:commercially|"
    r"for commercial (?:use|purposes))|commercially(?: usable)?|(?:allow(?:s|ing)?|permit(?:s|ting)?|for) "
    r"commercial (?:use|purposes)|commercial use|可商用|商用)"
)
MODALITIES = (
    ("video", r"(?:videos?|视频)"),
    ("audio", r"(?:audio|speech|voice|sound (?:input|files?)|hears?|listens?|ears|语音|音频)"),
    ("image", r"(?:multi-?modal|vision(?:[- ](?:language|capable))?|images?|pictures?|photos?|visual|"
              r"vlms?|eyes|(?:can|able to|that) see(?= |$)|图像|图片|视觉|多模态)"),
)  # fmt: skip
TEXT_ONLY = r"(?:text[- ]only|only (?:handle |take |accept )?text|纯文本)"
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
    ("active_params_b", True, r"(?:most|largest(?: number of)?|highest(?: number of)?) (?=active|activated)"),
    ("active_params_b", False, r"(?:fewest|smallest(?: number of)?|least|lowest(?: number of)?) "
                               r"(?=active|activated)"),
    ("context_tokens_approx", True, r"(?:(?:longest|largest|biggest|widest|highest|greatest|most)"
                                    r"(?: native| maximum| input)* (?=context|tokens? of context)|"
                                    r"longest|上下文(?:长度|窗口)?最(?:长|大)|最长(?:的)?(?=上下文))"),
    ("context_tokens_approx", False, r"(?:(?:shortest|smallest|lowest) (?=context)|shortest|上下文"
                                     r"(?:长度|窗口)?最(?:短|小)|最短(?:的)?(?=上下文))"),
    ("total_params_b", True, r"(?:largest|biggest|greatest|heaviest|most parameters|most params|highest "
                             r"(?:number of )?(?=param)|参数(?:量)?最(?:多|大)|最大)"),
    ("total_params_b", False, r"(?:smallest|tiniest|littlest|fewest (?=param)|lightest|参数(?:量)?最(?:少|小)|"
                              r"最小)"),
)  # fmt: skip
BEST = (
    r"(?:highest[- ]scoring|best[- ]scoring|best[- ]performing|top[- ]scoring|highest|best|top|strongest|leading|leads|"
    r"king|queen|champion|leader|winner|record(?:[- ]holder)?|podium|number one|no\.? ?1|"
    r"most (?:points|capable)|(?:scores?|performs?|does|ranks?|do|is|are) (?:the )?(?:highest|best|"
    r"first|top)|tops|wins|最高|最好|最强|第一)"
)
WORST = r"(?:(?:very |rock |dead )?(?:bottom|last)(?: of| place)?|tail end|lowest[- ]scoring|lowest|worst|weakest|poorest|最低|最差)"

COMPARATIVES = (
    ("context_tokens_approx", True, r"(?:(?:longer|larger|bigger|wider|more|greater) (?=context)|longer)"),
    ("context_tokens_approx", False, r"(?:(?:shorter|smaller) (?=context)|shorter)"),
    ("active_params_b", True, r"more (?=active)"),
    ("active_params_b", False, r"fewer (?=active)"),
    ("total_params_b", True, r"(?:bigger|larger|heavier|greater|more (?=param)|更大)"),
    ("total_params_b", False, r"(?:smaller|lighter|fewer (?=param)|更小)"),
    ("total_params_b", True, r"(?:参数(?:量)?更(?:多|大)|(?<=参数)更多)"),
    ("release_date", True, r"(?:newer|more recent|later|more recently|after|更新|更晚)"),
    ("release_date", False, r"(?:older|earlier|sooner|before|更早)"),
)  # fmt: skip
BEATS = (
    r"(?:beats?|outperforms?|outscores?|surpass(?:es)?|wins?|better|higher|stronger|ahead(?: of)?|"
    r"超过|胜过|更高|更好|更强)"
)

# --- what is made of the rows --------------------------------------------------------------

COUNT = (
    r"(?:ho?w many|(?:what is|what's|give me|tell me) the (?:total |exact )?(?:number|count) of|the "
    r"(?:total |exact )?(?:number|count) of|number of|count(?: up)?(?: of)?|多少(?:个|款|种)?|几(?:个|款|种)|"
    r"总数)"
)
TIMELINE = (
    r"(?:time ?lines?|chronolog(?:y|ical(?:ly)?)(?: order)?|in (?:order of (?:release|date)|date order|"
    r"release order)|(?:ordered|sorted) by (?:release )?date|by (?:release )?date|in order|时间线|按(?:发布)?(?:时间|日期)(?:顺序|先后)?|"
    r"年表|时间轴)"
)
COMPARE = (
    r"(?:compar(?:e|es|ed|ing|ison)(?: of| between)?(?: with| to| against)?|versus|vs\.?|v\.|"
    r"differences? between|differs?(?: from| between)?|different(?: from)?|side[- ]by[- ]side|stack(?:s)? up"
    r"(?: against)?|head[- ]to[- ]head|next to|alongside|up against|beside|against|对比|比较|区别|相比|差别|不同)"
)
GROUP = (
    r"(?:per|by(?= (?:the |their )?(?:[a-z]+ ){0,2}[a-z]+ *(?:[?.,]|$))|for each|for every|in each|under each|each(?! of)|how often(?: each)?|grouped by|"
    r"(?:broken|break) down by|split by|各个?|分别)"
)
EACH_OF = r"(?:different|distinct|kinds? of|types? of)"
MOST_OF = (
    r"(?:(?:the )?most|largest number of|highest number of|biggest number of|(?:comes? out )?on top|"
    r"leads|ranks? first|tops|最多)"
)

TARGET = (
    r"(?:(?:large |small )?language models?|foundation models?|ai models?|models?|llms?|slms?|"
    r"checkpoints?|weights|variants?|versions?|releases?|entries|entry|cards?|ones|systems?|"
    r"anything|everything|something|stuff|things?|offspring|descendants?|children|"
    r"大语言模型|语言模型|大模型|模型)"
)
LIST = r"(?:which|what|list|show|name|find|give|tell|any|anyone|roll call|rundown|inventory|overview|哪些|哪个|哪款|列出|有什么|有没有|是否有|什么)"
EXISTS = (
    r"^(?:so |and |but |then |hey,? |please )?(?:is there|are there|does <[dcf]\d+> (?:have|offer)|does any(?:one|body)|do any|has any(?:one|body)|do we "
    r"(?:have|know)|has <[dcf]\d+> (?:released|published|made)|did <[dcf]\d+> (?:release|publish|make))|"
    r"有没有|是否有"
)
YES_NO = (
    r"^(?:so |and |but |then |hey,? |please |well,? )?(?:is|are|was|were|does|do|did|can|could|has|have|"
    r"isn't|aren't|doesn't)\b|吗\s*\??$|是否|是不是"
)

# Words that carry no condition of their own. A word that is neither here nor matched above is
# left over, and a question with words left over is not answered by rules.
NOISE = frozenset(
    """a an the this that these those of for from in on at to by with and or as is are was were be been being
    has have had do does did can could will would shall should may might must me my we our us you your i it
    its they them their he she there here please tell give show list name find know want wants need needs
    looking look say said see get gets got let lets which what whats who whose whom how when where exactly
    also just only still currently now today ever yet so far all any each every both either some such other
    another than then else one ones out up into onto over between among across within under about very quite
    really actually please thanks hi hello hey come comes came put puts launched launch launches released
    release releases releasing published publish publishes publishing announced announce unveiled introduced introduce
    shipped ship ships dropped drop issued issue made make makes making built build builds developed
    develop develops produced produce produces created create creates offered offer offers provide provides available
    support supports supported supporting handle handles handled accept accepts take takes read reads
    process processes understand understands has having use uses used using come carry carries carried run runs
    ships distributed distribute covered under licensed licence licences licenced terms total overall
    list listed table overview please catalogue catalog database corpus desk cards card records record recorded
    rank ranked ranking sort sorted order ordered ascending descending number score scores scored scoring
    scorer scorers result results perform performs performance performed reach reaches reached achieve
    achieves achieved hit hits report reported reports value values figure figures benchmark benchmarks
    evaluation evals eval test tests leaderboard points point percent rating ratings level window length size
    sized sizes scale class big large small huge tiny long short high low more most less least fewer many
    much new newer old older recent recently early late family series line weights weight open-weights
    parameter parameters params param tokens token context billion trillion million thousand
    model models llm llms language foundation ai variant variants version versions checkpoint checkpoints
   
    break broken split splits divide breakdown distribution spread down stay stays keep keeps kept remain remains wake wakes daylight light day saw thing things stuff anything everything something anyone anybody exist exists often turn turns up
    hand hands rank roll call rundown inventory album since start beginning began begin end respective
    respectively actually right king place places rank ranks comes who whose mention mentions
    origin sits sit says saw see seen look looks puts ever file files hold holds numbers number elo
    world wide market map verified seems seem appears piece story article draft report brief
    editor boss colleague team please let offspring children descendants whole say still options option choices choice candidates candidate recommend recommendation suggest suggestion
    suggestions alternatives both than beat beats
    if possible kind kinds type types sort sorts currently fully really genuinely completely anything
    something everything equal same yes no ok okay whether first
    input inputs output outputs type data per worth go goes going went
    maximum max minimum min native exact official full name names called known think thanks again curious
    wonder wondering wondered help lot details detail info information data quick question answer please could
    s t re ve ll d m world worldwide global globally field market vendor side sides
    year years month months day days date dates time times since until before after during""".split()
)
CHINESE_NOISE = re.compile(
    r"[的了是有在和与或及哪些个款种家请问列出告诉我一下吗呢吧啊都被为于由从到对把给让用支持发布推出模型开源过得所以中里上下之其它们"
    r"什么多少几谁哪年月日号名称得分成绩分数评测基准榜单目前现在已经可以能够使用采用"
    r"超低高大小于等最多长短新早后前内外并且同时以及全部所有每各按国公司目录共达到既处理又还过排列顺序先后之分别能并将想知道需要找许可证协议参数上下文长度窗口总量数值版本系列家族]"
)

# Words that the patterns above are made of, whole, for mending misspelt ones.
FORMS = frozenset(
    """licence licences license licenses licensed licensing parameter parameters params family
    families company companies country countries model models release released releases releasing
    context window active activated largest smallest newest latest oldest longest shortest biggest
    highest lowest benchmark chronological multimodal architecture modality experts mixture dense
    hybrid permissive commercial community proprietary closed weight weights million billion trillion
    thousand january february march april june july august september october november december
    compare compared comparison versus between difference differences timeline number count
    largest developer developers vendor maker makers organisation organization above below under
    over least most more less fewer than exceed exceeding before after since until during quarter
    vision image images video audio speech text tokens token verified score scores scored length
    order ordered sorted ranked ranking which what there many please show list catalogue
    open source sourced""".split()
)
