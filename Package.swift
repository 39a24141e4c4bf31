// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with: imports are internal unless written `public import`, a member is seen only
/// through an import of its own file, and a warning stops the build.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
  .define("FAILPOINTS", .when(configuration: .debug)),
]

let package = Package(
  name: "posthorn",
  products: [.executable(name: "posthorn", targets: ["posthorn"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.0.0"..<"5.0.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CCurl"),
    .systemLibrary(name: "CLinux"),

    .target(name: "Failpoints", swiftSettings: house),
    .target(
      name: "Git", dependencies: ["CGit2", "CDeflate", "Failpoints", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: house),
    .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: house),
    .target(name: "HTTP", dependencies: ["CCurl", "Failpoints"], swiftSettings: house),
    .target(
      name: "Signatures",
      dependencies: [
        "CLinux", .product(name: "Crypto", package: "swift-crypto"), .product(name: "_CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: house),
    .target(name: "Schedule", dependencies: ["YAML"], swiftSettings: house),
    .target(name: "Etcd", dependencies: ["HTTP", "Schedule"], swiftSettings: house),
    .target(
      name: "LFS", dependencies: ["HTTP", "Schedule", "Failpoints", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: house),
    .target(name: "StateDirectory", dependencies: ["Schedule", "CLinux", "Failpoints"], swiftSettings: house),
    .target(
      name: "Platforms", dependencies: ["Schedule", "HTTP", "Failpoints", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: house),
    .target(
      name: "Engine",
      dependencies: [
        "Schedule", "StateDirectory", "Platforms", "Git", "Etcd", "LFS", "HTTP", "Signatures", "CLinux", "Failpoints",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: house),
    .executableTarget(
      name: "posthorn",
      dependencies: [
        "YAML", "Git", "HTTP", "Etcd", "LFS", "Signatures", "Schedule", "StateDirectory", "Platforms", "Engine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),

    .target(
      name: "Support", dependencies: ["Schedule", .product(name: "Crypto", package: "swift-crypto")], path: "Tests/Support",
      swiftSettings: house),
    .target(
      name: "FuzzTargets", dependencies: ["YAML", "Git", "HTTP", "Schedule", "StateDirectory", "Platforms", "Engine", "Signatures"],
      path: "Tests/Fuzz/Targets", swiftSettings: house),
    .executableTarget(
      name: "posthorn-bench",
      dependencies: ["Schedule", "Support", "CLinux", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tests/Benchmarks", exclude: ["Peers", "instructions.json"], swiftSettings: house),
    .executableTarget(
      name: "posthorn-soak", dependencies: ["Schedule", "Support", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tests/Soak", swiftSettings: house),
    .testTarget(name: "FailpointsTests", dependencies: ["Failpoints"], swiftSettings: house),
    .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: house),
    .testTarget(name: "GitTests", dependencies: ["Git", "Support"], swiftSettings: house),
    .testTarget(name: "SignaturesTests", dependencies: ["Signatures", "Support"], swiftSettings: house),
    .testTarget(name: "HTTPTests", dependencies: ["HTTP", "Support"], swiftSettings: house),
    .testTarget(name: "EtcdTests", dependencies: ["Etcd", "HTTP", "Support"], swiftSettings: house),
    .testTarget(name: "LFSTests", dependencies: ["LFS", "HTTP", "Schedule", "Support"], swiftSettings: house),
    .testTarget(name: "ScheduleTests", dependencies: ["Schedule", "YAML", "Support"], exclude: ["Golden"], swiftSettings: house),
    .testTarget(name: "StateDirectoryTests", dependencies: ["StateDirectory", "Schedule", "Support"], swiftSettings: house),
    .testTarget(
      name: "PlatformsTests",
      dependencies: ["Platforms", "HTTP", "Schedule", "Support", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: house),
    .testTarget(
      name: "EngineTests",
      dependencies: ["Engine", "Etcd", "Git", "HTTP", "LFS", "Platforms", "Schedule", "Signatures", "StateDirectory", "Support"],
      swiftSettings: house),
    .testTarget(
      name: "CommandTests",
      dependencies: ["posthorn", "Failpoints", "HTTP", "Platforms", "Schedule", "Signatures", "StateDirectory", "Support"],
      exclude: ["Golden"], swiftSettings: house),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Replay", swiftSettings: house),
  ]
)

// The fuzzers themselves need libFuzzer and all of our code instrumented: built by Tests/Fuzz/run.sh alone, in a folder of its own.
if Context.environment["POSTHORN_FUZZ"] != nil {
  package.targets += [
    .executableTarget(
      name: "posthorn-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver",
      swiftSettings: house + [.unsafeFlags(["-parse-as-library"])])
  ]
}
