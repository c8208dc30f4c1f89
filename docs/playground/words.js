// The words of the page, and its two languages.

const WORDS = {
  en: {
    skip: "Skip to the source", playground: "playground", page: "Page", docs: "Documentation",
    language: "Language", theme: "Theme", auto: "Auto", light: "Light", dark: "Dark",
    loading: "Loading Python and the library …", failed: "The library could not be loaded: {0}",
    job: "What to convert", example: "Example", own: "Your own", kind: "Kind",
    request: "Request", response: "Response", stream: "Stream", error: "Error", models: "Model list",
    direction: "Direction", dialect: "Dialect", official: "the official API", status: "HTTP status",
    cut: "Comes in", events: "events", lines: "lines", bytes: "16 bytes",
    options: "Options", none: "none", answers: "The request that it answers",
    steps: "Step by step", first: "To the beginning", back: "One step back", play: "Play", pause: "Pause",
    next: "One step on", last: "To the end", stepOf: "{0} of {1}", theEnd: "The body has ended.",
    expected: "May come next: {0}.", odd: "Out of place: {0}",
    finished: "The stream has finished.", streamFailed: "The stream failed: {0}",
    source: "Source", share: "Share", result: "Result", compact: "as sent", copy: "Copy", export: "Golden case",
    losses: "Losses", lossless: "Converted, nothing was lost.", lost: "Converted, with {0} losses.", lostOne: "Converted, with 1 loss.",
    refused: "{0} at {1}: {2}", refusedBare: "{0}: {1}", empty: "Paste a document, or pick an example.",
    copied: "Copied.", shared: "The address of this page now holds all of it, and was copied.", sharedBare: "The address of this page now holds all of it.",
    private: "Everything runs in this page; nothing that you paste leaves it.",
    dropped: "dropped", approximated: "approximated", invented: "invented", warning: "warning", info: "info",
  },
  zh: {
    skip: "跳到源文档", playground: "演练场", page: "页面", docs: "文档",
    language: "语言", theme: "主题", auto: "自动", light: "浅色", dark: "深色",
    loading: "正在加载 Python 和本库……", failed: "无法加载本库：{0}",
    job: "要转换的内容", example: "示例", own: "自己的文档", kind: "类型",
    request: "请求", response: "响应", stream: "流", error: "错误", models: "模型列表",
    direction: "方向", dialect: "方言", official: "官方 API", status: "HTTP 状态码",
    cut: "到达方式", events: "按事件", lines: "按行", bytes: "每次 16 字节",
    options: "选项", none: "无", answers: "它所回答的请求",
    steps: "逐步执行", first: "回到开头", back: "后退一步", play: "播放", pause: "暂停",
    next: "前进一步", last: "到结尾", stepOf: "第 {0} 步，共 {1} 步", theEnd: "正文已结束。",
    expected: "接下来可以是：{0}。", odd: "不合语法：{0}",
    finished: "流已正常结束。", streamFailed: "流失败：{0}",
    source: "源文档", share: "分享", result: "结果", compact: "原样字节", copy: "复制", export: "黄金用例",
    losses: "损失", lossless: "已转换，没有任何损失。", lost: "已转换，共有 {0} 处损失。", lostOne: "已转换，有 1 处损失。",
    refused: "{0}，位于 {1}：{2}", refusedBare: "{0}：{1}", empty: "请粘贴文档，或选择一个示例。",
    copied: "已复制。", shared: "本页地址已包含全部内容，并已复制。", sharedBare: "本页地址已包含全部内容。",
    private: "一切都在本页内运行，您粘贴的内容不会离开它。",
    dropped: "丢弃", approximated: "近似", invented: "补造", warning: "警告", info: "提示",
  },
};

let language = "en";

export function preferred() {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function say(word, ...values) {
  return WORDS[language][word].replace(/\{(\d)\}/g, (_, index) => values[index]);
}

// All words, by language.
export function languages() {
  return Object.values(WORDS);
}

// Of a text in both languages, that of the page.
export function inLanguage(texts) {
  return texts[language];
}

export function speak(wanted) {
  language = wanted in WORDS ? wanted : "en";
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = `llm-transcode ${say("playground")}`;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = say(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", say(element.dataset.tLabel));
  }
}
