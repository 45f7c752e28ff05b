using System.Text.Json;
using Parley.Server.Storage;

namespace Parley.Cli.Contexts;

/// <summary>
/// The contexts of this user, in one file that only this user can read: <c>contexts.json</c> in <c>$PARLEY_CONFIG</c>, else in
/// <c>parley</c> of the folder for configuration (<c>$XDG_CONFIG_HOME</c> or <c>~/.config</c>; on Windows <c>%APPDATA%</c>).
/// </summary>
internal sealed class ContextStore(ToolEnvironment environment)
{
    private const int MaxNameLength = 64;

    internal string Path => System.IO.Path.Combine(Folder, "contexts.json");

    private string Folder
    {
        get
        {
            if (environment.Variable("PARLEY_CONFIG") is { } folder)
                return folder;
            if (OperatingSystem.IsWindows())
                return System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "parley");
            var configuration = environment.Variable("XDG_CONFIG_HOME")
                ?? System.IO.Path.Combine(environment.Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
            return System.IO.Path.Combine(configuration, "parley");
        }
    }

    /// <summary>Whether a text can be the name of a context.</summary>
    internal static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && char.IsAsciiLetterOrDigit(text[0])
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':');

    /// <exception cref="CommandException">The file cannot be read.</exception>
    internal ContextFile Load()
    {
        try
        {
            return File.Exists(Path) && JsonSerializer.Deserialize(File.ReadAllBytes(Path), ContextJson.Default.ContextFile) is { Contexts: not null } file
                && file.Contexts.All(static context => context is { Name: not null, Url: not null, Key: not null })
                ? file
                : new ContextFile();
        }
        catch (JsonException e)
        {
            throw new CommandException(
                $"{Path} is not valid: invalid JSON in line {(e.LineNumber ?? 0) + 1}. Remove the file and log in again with: {ToolName.Current} login",
                ExitCodes.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{Path} cannot be read: {e.Message}", ExitCodes.Failure);
        }
    }

    /// <summary>The context that commands use; null without one.</summary>
    internal ServerContext? Current() => Load() is { Current: { } name } file ? file.Contexts.FirstOrDefault(context => context.Name == name) : null;

    /// <exception cref="CommandException">There is no such context.</exception>
    internal ServerContext Find(string name) => Load().Contexts.FirstOrDefault(context => context.Name == name) ?? throw Missing(name);

    /// <summary>The key stored for a server, by its address; of the current context first.</summary>
    internal string? KeyOf(Uri server)
    {
        var file = Load();
        return file.Contexts.OrderByDescending(context => context.Name == file.Current).FirstOrDefault(
            context => Uri.TryCreate(context.Url, UriKind.Absolute, out var url) && IsSameServer(url, server))?.Key;
    }

    /// <summary>Adds or replaces a context and makes it the current one.</summary>
    internal void Add(ServerContext context)
    {
        var file = Load();
        Save(new ContextFile
        {
            Current = context.Name,
            Contexts = [.. file.Contexts.Where(other => other.Name != context.Name), context],
        });
    }

    /// <exception cref="CommandException">There is no such context.</exception>
    internal void Use(string name)
    {
        _ = Find(name);
        Save(Load() with { Current = name });
    }

    /// <exception cref="CommandException">There is no such context.</exception>
    internal void Remove(string name)
    {
        _ = Find(name);
        var file = Load();
        Save(new ContextFile
        {
            Current = file.Current == name ? null : file.Current,
            Contexts = [.. file.Contexts.Where(context => context.Name != name)],
        });
    }

    // A key goes only to the server it was given for: same scheme, host and port.
    private static bool IsSameServer(Uri one, Uri other) =>
        Scheme(one) == Scheme(other) && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static string Scheme(Uri url) => url.Scheme is "https" or "wss" ? "https" : "http";

    private static CommandException Missing(string name) =>
        new($"There is no context {name}. List them with: {ToolName.Current} context list", ExitCodes.Failure);

    private void Save(ContextFile file)
    {
        try
        {
            PrivateFiles.CreateFolder("folder", Folder, System.IO.Path.GetFileName(Path));
            PrivateFiles.Write(Path, JsonSerializer.SerializeToUtf8Bytes(file, ContextJson.Default.ContextFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"{Path} cannot be written: {e.Message}", ExitCodes.Failure);
        }
    }
}
