// swift-tools-version: 6.2
import PackageDescription

/// The house's language settings, the same for every target (see `.swift-format` for the style).
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// What is not a test is optimised in debug builds too.
///
/// The tests play whole worlds and pull thousands of plugs. Assertions stay.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: documents(name), swiftSettings: settings + optimised, plugins: plugins)
}

/// A module's README stands beside its code and is no part of it.
func documents(_ name: String) -> [String] {
    ["JSONTree", "PortalWire", "SQLiteAccess"].contains(name) ? [] : ["README.md"]
}

func program(_ name: String, _ dependencies: [Target.Dependency], plugins: [Target.PluginUsage] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings + optimised, plugins: plugins)
}

func tests(_ subject: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(subject)Tests", dependencies: dependencies + ["KioskTestSupport"], swiftSettings: settings)
}

/// The arrows of the house: a module may import what stands here and nothing else (`HouseRulesTests` checks it, because the
/// compiler lets a file import a transitive dependency).
let package = Package(
    name: "village-kiosk",
    products: [.executable(name: "kiosk", targets: ["kiosk"])],
    targets: [
        // level 0
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libcurl4-openssl-dev"])]),
        module("JSONTree"),
        module("HTTPServing"),
        module("LineEmulator"),
        module("KioskDomain", ["JSONTree"]),
        module("PortalWire", ["JSONTree"]),
        // level 1
        module("KioskSync", ["KioskDomain", "JSONTree"]),
        module("KioskVault", ["CCrypto"]),
        module("SQLiteAccess", ["CSQLite"]),
        // level 2
        module("KioskStore", ["KioskSync", "KioskDomain", "KioskVault", "SQLiteAccess", "JSONTree"]),
        module("KioskTransport", ["KioskSync", "KioskDomain", "PortalWire", "CCurl", "JSONTree"]),
        // level 3
        module("KioskSimulation", ["KioskStore", "KioskSync", "KioskDomain", "KioskVault", "JSONTree"]),
        module("KioskWeb", ["KioskStore", "KioskSync", "KioskDomain", "HTTPServing", "JSONTree"], plugins: ["EmbedAssets"]),
        module(
            "TrainingPortal", ["PortalWire", "KioskVault", "HTTPServing", "SQLiteAccess", "JSONTree"], plugins: ["EmbedAssets"]),
        // level 4
        program(
            "kiosk",
            [
                "KioskWeb", "TrainingPortal", "KioskStore", "KioskTransport", "KioskSync", "KioskDomain", "KioskVault",
                "HTTPServing", "JSONTree",
            ],
            plugins: ["EmbedAssets"]),
        program(
            "kiosk-lab",
            [
                "KioskStore", "KioskTransport", "KioskSync", "KioskDomain", "KioskVault", "KioskSimulation", "TrainingPortal",
                "HTTPServing", "LineEmulator", "CSQLite", "JSONTree",
            ],
            plugins: ["EmbedAssets"]),
        // tests
        .target(
            name: "KioskTestSupport", dependencies: ["JSONTree", "LineEmulator"], path: "Tests/KioskTestSupport",
            swiftSettings: settings),
        tests("HTTPServing", ["HTTPServing", "JSONTree"]),
        tests("KioskTestSupport", ["HTTPServing", "JSONTree"]),
        tests("JSONTree", ["JSONTree"]),
        tests("PortalWire", ["PortalWire", "JSONTree"]),
        tests("KioskVault", ["KioskVault"]),
        tests("SQLiteAccess", ["SQLiteAccess"]),
        tests("KioskDomain", ["KioskDomain", "JSONTree"]),
        tests("KioskSync", ["KioskSync", "KioskDomain", "JSONTree"]),
        tests("KioskStore", ["KioskStore", "KioskSync", "KioskDomain", "KioskVault", "SQLiteAccess", "JSONTree"]),
        tests(
            "KioskTransport",
            ["KioskTransport", "KioskSync", "KioskDomain", "TrainingPortal", "HTTPServing", "PortalWire", "JSONTree", "CCurl"]),
        tests("KioskSimulation", ["KioskSimulation", "KioskDomain", "JSONTree"]),
        tests("HouseRules", []),
        tests("EndToEnd", ["kiosk", "LineEmulator", "JSONTree"]),
        tests("TrainingPortal", ["TrainingPortal", "PortalWire", "HTTPServing", "JSONTree", "KioskVault"]),
        tests(
            "KioskWeb",
            ["KioskWeb", "KioskStore", "KioskDomain", "KioskSync", "KioskVault", "SQLiteAccess", "HTTPServing", "JSONTree"]),
        // build tools: real .css, .js, .svg and .json files become raw string literals
        .executableTarget(name: "asset-embedder", swiftSettings: settings),
        .plugin(name: "EmbedAssets", capability: .buildTool(), dependencies: ["asset-embedder"], path: "Sources/EmbedAssets"),
    ]
)
