using System.CommandLine;
using System.Globalization;
using System.Text;
using Parley.Cli.Output;
using Parley.Cli.Storage;
using Parley.Recording;
using Parley.Recording.Files;
using Parley.Server.Storage;

namespace Parley.Cli.Commands;

/// <summary><c>parley recordings</c>: the records of calls in a folder.</summary>
internal static class RecordingsCommand
{
    private static readonly IReadOnlyList<string> Header = ["id", "started", "seconds", "model", "key", "outcome", "bytes"];

    internal static Command Create(ToolEnvironment environment) => new("recordings", "List, show, export and delete records of calls")
    {
        List(environment),
        Show(environment),
        Export(environment),
        Delete(environment),
    };

    private static Command List(ToolEnvironment environment)
    {
        var source = new RecordingSource(environment);
        var command = new Command("list", "List the records of a folder, the newest first") { source.Folder };
        source.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            using var opened = await source.OpenAsync(parsed, cancellationToken);
            report.Table("recording", Header, [.. opened.Recordings.List().Select(Row)], "No records.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Show(ToolEnvironment environment)
    {
        var source = new RecordingSource(environment);
        var id = Id();
        var command = new Command("show", "Print the facts and the transcript of a record, as JSON") { source.Folder, id };
        source.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            using var opened = await source.OpenAsync(parsed, cancellationToken);
            await RunAsync(async () =>
            {
                using var facts = new StreamReader(opened.Recordings.OpenFacts(parsed.GetValue(id)!), Encoding.UTF8);
                var text = await facts.ReadToEndAsync(cancellationToken);
                await environment.Output.WriteLineAsync(text.AsMemory(), cancellationToken);
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Export(ToolEnvironment environment)
    {
        var source = new RecordingSource(environment);
        var id = Id();
        var output = Files.Folder("--output", "Folder for the decrypted files. Default: the current folder");
        var command = new Command("export", "Write audio, transcript and subtitles of a record, decrypted") { source.Folder, id, output };
        source.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            using var opened = await source.OpenAsync(parsed, cancellationToken);
            var (known, folder) = (parsed.GetValue(id)!, Path.GetFullPath(parsed.GetValue(output) ?? "."));
            await RunAsync(async () =>
            {
                Directory.CreateDirectory(folder);
                var format = opened.Recordings.Find(known)?.Format == RecordingFormat.Wav ? ".wav" : ".opus";
                var audio = Path.Combine(folder, known + format);
                await WriteAsync(opened.Recordings.OpenAudio(known), audio, cancellationToken);
                // The lengths of an encrypted WAV file are open, because its beginning cannot be written again.
                if (format == ".wav")
                    CloseWav(audio);
                await WriteAsync(opened.Recordings.OpenFacts(known), Path.Combine(folder, known + ".json"), cancellationToken);
                await WriteAsync(opened.Recordings.OpenSubtitles(known), Path.Combine(folder, known + ".vtt"), cancellationToken);
                report.Fact("exported", $"{audio}", ("path", audio));
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Delete(ToolEnvironment environment)
    {
        var source = new RecordingSource(environment);
        var id = new Argument<string?>("id") { Description = "Id of the record", HelpName = "ID", Arity = ArgumentArity.ZeroOrOne };
        var session = new Option<string?>("--session") { Description = "Delete all records of this session", HelpName = "ID" };
        var owner = new Option<string?>("--owner") { Description = "Delete all records of this owner, such as user:anna", HelpName = "OWNER" };
        var command = new Command("delete", "Delete a record, or all of a session or an owner") { source.Folder, id, session, owner };
        source.AddTo(command);
        command.Validators.Add(result =>
        {
            if (new[] { result.GetValue(id), result.GetValue(session), result.GetValue(owner) }.Count(static value => value is not null) != 1)
                result.AddError("Give the id of a record, --session or --owner.");
        });
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            using var opened = await source.OpenAsync(parsed, cancellationToken);
            var deleted = 0;
            await RunAsync(() =>
            {
                deleted = parsed.GetValue(session) is { } ofSession ? opened.Recordings.DeleteSession(ofSession)
                    : parsed.GetValue(owner) is { } ofOwner ? opened.Recordings.DeleteOwner(ofOwner)
                    : opened.Recordings.Delete(parsed.GetValue(id)!) ? 1 : throw new FileNotFoundException($"There is no record {parsed.GetValue(id)}.");
                return Task.CompletedTask;
            });
            report.Fact("deleted", $"{deleted} {(deleted == 1 ? "record" : "records")} deleted", ("count", deleted));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> Id() => new("id") { Description = "Id of the record, as parley recordings list prints it", HelpName = "ID" };

    private static TableRow Row(LiveRecording recording)
    {
        var seconds = Math.Round(recording.Duration.TotalSeconds, 1);
        var outcome = recording.Outcome ?? "running";
        return new TableRow(
            [
                recording.Id, recording.Started.ToString("u", CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture), recording.Model, recording.KeyId, outcome,
                recording.Bytes.ToString(CultureInfo.InvariantCulture),
            ],
            ("id", recording.Id), ("session", recording.SessionId), ("started", recording.Started), ("seconds", seconds), ("model", recording.Model), ("key", recording.KeyId), ("outcome", outcome),
            ("encrypted", recording.IsEncrypted), ("bytes", recording.Bytes));
    }

    private static async Task WriteAsync(Stream source, string path, CancellationToken cancellationToken)
    {
        await using var from = source;
        await using var to = PrivateFiles.Create(path);
        await from.CopyToAsync(to, cancellationToken);
    }

    private static void CloseWav(string path)
    {
        using var file = PrivateFiles.Open(path, FileMode.Open, FileAccess.Write);
        file.Write(StereoWavFile.Header(Math.Max(0, file.Length - StereoWavFile.HeaderBytes)));
    }

    private static async Task RunAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (e is InvalidDataException || Files.IsFileError(e))
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }
}
