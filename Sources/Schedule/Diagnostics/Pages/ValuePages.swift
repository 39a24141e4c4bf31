extension Rule {
  /// Pages of the rules about keys, values and text.
  var valuePage: RulePage? {
    switch self {
    case .keyUnknown:
      RulePage(
        "a key that nobody reads", "A misspelt key would be a wish that is silently ignored.", bad: .lines("captoin: Doors open"),
        good: .lines("caption: Doors open"))
    case .keyMissing:
      RulePage(
        "a key that has to be there is not",
        "A post needs scheduled_time and accounts, an account its platform and what that platform asks for.",
        bad: .post("scheduled_time: 2026-11-27T09:00\ntimezone: America/New_York\n"), good: .post(ordinaryPost))
    case .valueType:
      RulePage(
        "a list, a mapping or a single value where another belongs", "Accounts and media are lists even where there is only one.",
        bad: .lines("media: {path: media/teaser.mp4}"), good: .lines("media:\n  - path: media/teaser.mp4"))
    case .valueMissing:
      RulePage(
        "a key without a value", "It is either unfinished or left over; an empty text is written \"\".", bad: .lines("title:"),
        good: .lines("title: \"\""))
    case .valueFormat:
      RulePage(
        "a value that cannot be read",
        "Durations are 90s, 5m, 1h or 2d; flags are true or false; numbers are whole. Text is never guessed to be any of them.",
        bad: .lines("grace: 2 hours"), good: .lines("grace: 2h"))
    case .valueRange:
      RulePage(
        "a number or text beyond its limits", "The message names the limits.", bad: .settings("policy: {burst: -1}\n"),
        good: .settings("policy: {burst: 100}\n"))
    case .valueChoice:
      RulePage(
        "a word that is none of the accepted ones", "The hint names them all.",
        bad: .settings("notify: [{on: [fialed], account: acme-hook}]\n"), good: .settings("notify: [{on: [failed], account: acme-hook}]\n"))
    case .valueDuplicate:
      RulePage(
        "a list names something twice", "A post goes to an account once. The second mention is a slip, often for another account.",
        bad: .post(
          """
          scheduled_time: 2026-11-27T09:00
          timezone: America/New_York
          accounts: [acme, acme]

          """), good: .post(ordinaryPost))
    case .textBidi:
      RulePage(
        "characters that change the order of text (warning)",
        "Embeddings, overrides and isolates make a text read differently from what is sent: in a review, too.",
        bad: .lines("title: \"Doors \u{202E}open\""), good: .lines("title: \"Doors open\""))
    case .textInvisible:
      RulePage(
        "characters that cannot be seen (warning)",
        "They come from copied text, break links and hashtags, and hide differences. Joiners in emoji and in scripts that need them are fine.",
        bad: .lines("title: \"#Do\u{200B}ors\""), good: .lines("title: \"#Doors 👩\u{200D}🎤\""))
    case .textComment:
      RulePage(
        "words that YAML takes for a comment",
        "In YAML a # behind a blank begins a comment, so a hashtag is no part of the text, unless it is in quotes or in a block.",
        bad: .lines("caption: Doors open at nine #horns #brass"), good: .lines("caption: \"Doors open at nine #horns #brass\""))
    case .textLink:
      RulePage(
        "a link whose host mixes scripts (warning)", "A Cyrillic letter among Latin ones leads to somebody else's site.",
        bad: .lines("caption: \"https://\u{0430}cme.example/doors\""), good: .lines("caption: \"https://acme.example/doors\""))
    default: nil
    }
  }
}
