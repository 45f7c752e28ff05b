using System.CommandLine;
using Parley.Server.Storage;

namespace Parley.Cli.Commands;

/// <summary>Options that take a file or a folder.</summary>
internal static class Files
{
    /// <summary>An option for a file to read; <c>-</c> = standard input.</summary>
    internal static Option<InputFile?> Input(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "FILE",
        CustomParser = result => result.Tokens is [{ Value: { Length: > 0 } path }] ? new InputFile(name, path) : null,
    };

    /// <summary>An option for a file to write.</summary>
    internal static Option<OutputFile?> Output(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "FILE",
        CustomParser = result => result.Tokens is [{ Value: { Length: > 0 } path }] ? new OutputFile(name, path) : null,
    };

    /// <summary>An option for a folder.</summary>
    internal static Option<string?> Folder(string name, string description) => new(name) { Description = description, HelpName = "FOLDER" };

    /// <summary>Whether a file or folder cannot be used for a reason that the user can correct.</summary>
    internal static bool IsFileError(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or System.Security.SecurityException;
}

/// <summary>A file to read, or standard input.</summary>
/// <param name="Option">The option that names it, for errors.</param>
/// <param name="Path">Its path; <c>-</c> = standard input.</param>
internal sealed record InputFile(string Option, string Path)
{
    internal bool IsStandardInput => Path == "-";

    /// <summary>The file for messages.</summary>
    internal string Name => IsStandardInput ? "standard input" : Path;

    /// <exception cref="CommandException">It cannot be opened.</exception>
    internal Stream Open(ToolEnvironment environment)
    {
        if (IsStandardInput)
            return environment.TakeInput();
        if (Directory.Exists(Path))
            throw new CommandException($"{Option}: {Path} is a folder. Give a file.", ExitCodes.Failure);
        if (!File.Exists(Path))
            throw new CommandException($"{Option}: {Path} does not exist.", ExitCodes.Failure);
        try
        {
            return File.OpenRead(Path);
        }
        catch (Exception e) when (Files.IsFileError(e))
        {
            throw Unreadable(e);
        }
    }

    /// <exception cref="CommandException">It cannot be read.</exception>
    internal async Task<byte[]> ReadAsync(ToolEnvironment environment, CancellationToken cancellationToken)
    {
        await using var stream = Open(environment);
        try
        {
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, cancellationToken);
            return copy.ToArray();
        }
        catch (Exception e) when (Files.IsFileError(e))
        {
            throw Unreadable(e);
        }
    }

    /// <summary>Reads a WAV file.</summary>
    /// <exception cref="CommandException">It cannot be read, or is not one.</exception>
    internal async Task<WavFile> ReadWavAsync(ToolEnvironment environment, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(environment, cancellationToken);
        try
        {
            return WavFile.Parse(bytes) is { Samples.Length: > 0 } wav
                ? wav
                : throw new CommandException($"{Option}: {Name} contains no audio.", ExitCodes.Failure);
        }
        catch (FormatException e)
        {
            throw new CommandException($"{Option}: {Name}: {e.Message}", ExitCodes.Failure);
        }
    }

    private CommandException Unreadable(Exception e) => new($"{Option}: {Name} cannot be read: {e.Message}", ExitCodes.Failure);
}

/// <summary>A file to write.</summary>
/// <param name="Option">The option that names it, for errors.</param>
/// <param name="Path">Its path.</param>
internal sealed record OutputFile(string Option, string Path)
{
    internal string FullPath => System.IO.Path.GetFullPath(Path);

    /// <summary>Creates the file, which only this user may read; an existing one is overwritten.</summary>
    /// <exception cref="CommandException">It cannot be created.</exception>
    internal FileStream Create()
    {
        try
        {
            return Directory.Exists(Path)
                ? throw new CommandException($"{Option}: {Path} is a folder. Give a file.", ExitCodes.Failure)
                : PrivateFiles.Create(Path);
        }
        catch (Exception e) when (Files.IsFileError(e))
        {
            throw new CommandException($"{Option}: {Path} cannot be written: {e.Message}", ExitCodes.Failure);
        }
    }

    /// <summary>Creates a WAV file for an answer.</summary>
    /// <exception cref="CommandException">It cannot be created.</exception>
    internal WavWriter CreateWav() => new(Create(), PcmFormat.Hz24000.SampleRateHz);
}
