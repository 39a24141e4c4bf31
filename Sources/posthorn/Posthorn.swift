import ArgumentParser
import Git
import Glibc
import Schedule

@main
struct Posthorn: AsyncParsableCommand {
  static let version = "0.1.0"
  static let configuration = CommandConfiguration(
    commandName: "posthorn", abstract: "Schedules social posts from a git repository.", version: version,
    subcommands: [
      InitCommand.self, NewCommand.self, Validate.self, PlanCommand.self, StatusCommand.self, HistoryCommand.self, AuditCommand.self,
      WhyCommand.self, CalendarCommand.self, ExportCommand.self, ImportCommand.self, ReconcileCommand.self, DaemonCommand.self,
      ResumeCommand.self,
      RetryCommand.self, ResolveCommand.self,
      AccountCommand.self, HooksCommand.self, DoctorCommand.self, SchemaCommand.self, DemoCommand.self,
    ])

  /// Parses, runs, and ends with the status of ``ExitStatus``: ArgumentParser's own would be 64 for a misspelt flag.
  static func main() async {
    Surroundings.adopt(Environment.current)
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      Output.error.write("posthorn: \(failure.description.printableLines)\n")
      Glibc.exit(failure.status.rawValue)
    } catch let status as ExitCode {
      Glibc.exit(status.rawValue)
    } catch {
      let isFine = exitCode(for: error) == .success
      (isFine ? Output.standard : .error).write(fullMessage(for: error).printableLines + "\n")
      Glibc.exit(isFine ? ExitStatus.fine.rawValue : ExitStatus.usage.rawValue)
    }
  }
}

extension ExitStatus {
  /// Ends the command with this status, everything having been said.
  var exit: ExitCode { ExitCode(rawValue) }
}
