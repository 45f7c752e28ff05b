using System.Globalization;
using System.Text.Json;
using Parley.Audio;

namespace Parley.Testing.Files;

/// <summary>Reads single values; what has the wrong type or value is reported, and null.</summary>
internal sealed class FileValues(FileProblems problems, string folder)
{
    /// <summary>Flags of YAML 1.1.</summary>
    private static readonly string[] OldFlags =
        ["yes", "no", "on", "off", "Yes", "No", "On", "Off", "YES", "NO", "ON", "OFF", "True", "False", "TRUE", "FALSE"];

    internal FileProblems Problems => problems;

    /// <summary>Any text; a number or a flag without quotes is taken as it is written.</summary>
    internal string? Text(FileNode? node, string name)
    {
        if (node is FileScalar { IsNull: false } scalar)
        {
            if (scalar.Text.Length > 0)
                return scalar.Text;
            problems.Error(scalar, $"'{name}' is empty. Give a text.");
        }
        else if (node is not null)
        {
            problems.Error(node, $"'{name}' must be a text, not {node.Kind}.");
        }
        return null;
    }

    internal bool? Flag(FileNode? node, string name)
    {
        if (node is null)
            return null;
        if (node is FileScalar { Flag: { } flag })
            return flag;
        problems.Error(node, $"'{name}' must be true or false, not {node.Kind}.");
        return null;
    }

    /// <summary>A step or condition that has no value of its own, written as <c>name: true</c>.</summary>
    internal bool Mark(FileNode node, string name)
    {
        if (node is FileScalar { Flag: true })
            return true;
        problems.Error(node, $"'{name}' has no value of its own: write {name}: true, not {node.Kind}.");
        return false;
    }

    internal int? Integer(FileNode? node, string name, int least, int most = int.MaxValue)
    {
        if (node is null)
            return null;
        if (node is FileScalar { IsNumber: true } scalar && int.TryParse(scalar.Text, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }
        var range = most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}";
        problems.Error(node, $"'{name}' must be a whole number {range}, not {node.Kind}.");
        return null;
    }

    internal double? Number(FileNode? node, string name, double least, double most)
    {
        if (node is null)
            return null;
        if (node is FileScalar { IsNumber: true } scalar && double.TryParse(scalar.Text, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }
        problems.Error(node, string.Create(CultureInfo.InvariantCulture, $"'{name}' must be a number from {least} to {most}, not {node.Kind}."));
        return null;
    }

    internal TimeSpan? Duration(FileNode? node, string name, bool canBeZero = false)
    {
        if (node is null)
            return null;
        if (node is FileScalar scalar && FileDuration.TryParse(scalar.Text, out var duration) && (canBeZero || duration > TimeSpan.Zero))
            return duration;
        problems.Error(node, node is FileScalar given && FileDuration.TryParse(given.Text, out _)
            ? $"'{name}' must be longer than zero."
            : $"'{name}' must be {FileDuration.Allowed}, not {node.Kind}.");
        return null;
    }

    internal string? OneOf(FileNode? node, string name, params string[] allowed)
    {
        if (node is null)
            return null;
        if (node is FileScalar scalar && allowed.Contains(scalar.Text))
            return scalar.Text;
        problems.Error(node, $"'{name}' must be {string.Join(" or ", allowed)}, not {node.Kind}.");
        return null;
    }

    internal DateOnly? Date(FileNode? node, string name)
    {
        if (node is null)
            return null;
        if (node is FileScalar scalar && DateOnly.TryParseExact(scalar.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date;
        problems.Error(node, $"'{name}' must be a day such as 2026-06-30, not {node.Kind}.");
        return null;
    }

    /// <summary>Free JSON. Texts that YAML 1.1 would have read as flags are texts here, which may not be what the author expects.</summary>
    internal JsonElement? Json(FileNode? node, string name)
    {
        if (node is null)
            return null;
        if (node is not FileMap)
        {
            problems.Error(node, $"'{name}' must be a map, not {node.Kind}.");
            return null;
        }
        WarnOfFlags(node);
        return JsonSerializer.SerializeToElement(node.ToJson(), FileJson.Default.JsonNode);
    }

    /// <summary>A recording. A relative path starts at the folder of the scenario file.</summary>
    internal WavFile? Recording(FileNode? node, string name)
    {
        if (Text(node, name) is not { } path)
            return null;
        try
        {
            return WavFile.Load(Path.Combine(folder, path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Error(node!, $"'{name}': there is no file {path} in the folder of the scenario.");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Error(node!, $"'{name}': {path} cannot be used: {e.Message}");
        }
        return null;
    }

    private void WarnOfFlags(FileNode node)
    {
        if (node is FileScalar { IsPlain: true } scalar && OldFlags.Contains(scalar.Text))
            problems.Warn(scalar, $"{scalar.Text} is a text. For a flag write true or false, for a text \"{scalar.Text}\".");
        foreach (var child in node is FileMap map ? map.Entries.Select(static entry => entry.Value) : node is FileList list ? list.Items : [])
            WarnOfFlags(child);
    }
}
