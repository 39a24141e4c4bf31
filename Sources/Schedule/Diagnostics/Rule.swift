/// What a diagnostic is about. The ids are stable: people put them into their tools.
public enum Rule: String, CaseIterable, Hashable, Sendable {
  case fileEncoding = "file.encoding"
  case fileSize = "file.size"
  case fileEmpty = "file.empty"
  case fileIgnored = "file.ignored"
  case filePath = "file.path"
  case fileKind = "file.kind"
  case fileCollision = "file.collision"
  case folderCrowded = "folder.crowded"

  case yamlSyntax = "yaml.syntax"
  case yamlAnchor = "yaml.anchor"
  case yamlTag = "yaml.tag"
  case yamlDirective = "yaml.directive"
  case yamlDocuments = "yaml.documents"
  case yamlDepth = "yaml.depth"
  case yamlNodes = "yaml.nodes"
  case yamlScalar = "yaml.scalar"
  case yamlKey = "yaml.key"

  case keyDuplicate = "key.duplicate"
  case keyUnknown = "key.unknown"
  case keyMissing = "key.missing"
  case valueType = "value.type"
  case valueMissing = "value.missing"
  case valueFormat = "value.format"
  case valueRange = "value.range"
  case valueChoice = "value.choice"
  case valueDuplicate = "value.duplicate"

  case textControl = "text.control"
  case textBidi = "text.bidi"
  case textInvisible = "text.invisible"
  case textLink = "text.link"
  case textLength = "text.length"
  case textUnused = "text.unused"
  case textComment = "text.comment"

  case idFormat = "id.format"
  case idDuplicate = "id.duplicate"

  case timeFormat = "time.format"
  case timeGap = "time.gap"
  case timeFold = "time.fold"
  case timeOffset = "time.offset"
  case timePast = "time.past"
  case suspendMissed = "suspend.missed"
  case zoneUnknown = "zone.unknown"
  case zoneMissing = "zone.missing"
  case zoneChanged = "zone.changed"
  case zoneFixed = "zone.fixed"

  case accountUnknown = "account.unknown"
  case accountSecret = "account.secret"
  case accountSpacing = "account.spacing"
  case accountDaily = "account.daily"
  case accountPrivacy = "account.privacy"
  case accountInteraction = "account.interaction"
  case accountDuration = "account.duration"
  case accountScope = "account.scope"
  case postRepeated = "post.repeated"
  case postPublished = "post.published"
  case postRenamed = "post.renamed"
  case postReworded = "post.reworded"
  case overrideAccount = "override.account"
  case platformUnknown = "platform.unknown"
  case optionMissing = "option.missing"
  case optionConflict = "option.conflict"
  case optionUnused = "option.unused"

  case mediaSource = "media.source"
  case mediaPath = "media.path"
  case mediaMissing = "media.missing"
  case mediaPointer = "media.pointer"
  case mediaSize = "media.size"
  case mediaType = "media.type"
  case mediaCount = "media.count"
  case mediaUnreadable = "media.unreadable"
  case mediaDimensions = "media.dimensions"
  case mediaDuration = "media.duration"
  case mediaFramerate = "media.framerate"
  case mediaCodec = "media.codec"
  case urlFormat = "url.format"
  case urlPlain = "url.plain"

  /// Warnings alone leave the content valid.
  public var severity: Diagnostic.Severity {
    switch self {
    case .fileIgnored, .folderCrowded, .textBidi, .textInvisible, .textLink, .timeFold, .textUnused, .optionUnused, .accountSpacing,
      .accountDaily, .accountInteraction, .postRepeated, .postPublished, .postReworded,
      .zoneChanged, .zoneFixed, .suspendMissed, .urlPlain:
      .warning
    default: .error
    }
  }
}
