using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Parley.Protocol.Internal;

namespace Parley.Server;

/// <summary>
/// Binds a configuration section to an options object, and refuses what the framework's binder skips silently: unknown keys (the nearest option is
/// suggested) and values that cannot be converted. All errors of a section are reported together, one sentence each.
/// </summary>
internal static class LiveOptionsBinding
{
    /// <exception cref="OptionsValidationException">The section has a wrong key or value; the message names key, value and what is allowed.</exception>
    internal static void Bind(IConfiguration configuration, string section, object options)
    {
        var failures = new List<string>();
        Check(configuration.GetSection(section), options.GetType(), failures);
        if (failures.Count == 0)
        {
            try
            {
                configuration.GetSection(section).Bind(options);
                return;
            }
            catch (InvalidOperationException e)
            {
                failures.Add($"{section}: {e.Message}");
            }
        }
        throw new OptionsValidationException(section, options.GetType(), failures);
    }

    private static void Check(IConfigurationSection section, Type type, List<string> failures)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsScalar(type))
        {
            CheckValue(section, type, failures);
            return;
        }
        if (DictionaryValueOf(type) is { } valueType)
        {
            foreach (var child in section.GetChildren())
                Check(child, valueType, failures);
            return;
        }
        if (ElementOf(type) is { } element)
        {
            // The binder takes any key as an index; a list is written as an array or as numbered keys.
            foreach (var child in section.GetChildren())
                Check(child, element, failures);
            if (section.Value is { Length: > 0 })
                failures.Add($"{section.Path} takes a list, such as [\"…\"], not a single value.");
            return;
        }
        var properties = Settable(type);
        foreach (var child in section.GetChildren())
        {
            if (properties.Find(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
                Check(child, property.PropertyType, failures);
            else
                failures.Add(UnknownKey(child, properties));
        }
        if (section.Value is { Length: > 0 })
            failures.Add($"{section.Path} is a section with settings of its own: {string.Join(", ", properties.Select(static p => p.Name))}.");
    }

    private static void CheckValue(IConfigurationSection section, Type type, List<string> failures)
    {
        if (section.GetChildren().Any())
        {
            failures.Add($"{section.Path} is a list or a section; it takes {Describe(type)}.");
            return;
        }
        if (section.Value is not { Length: > 0 } value || type == typeof(string))
            return;
        try
        {
            if (type == typeof(Uri))
                _ = new Uri(value, UriKind.RelativeOrAbsolute);
            else
                TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException || e.InnerException is FormatException or OverflowException)
        {
            failures.Add($"{section.Path} is '{value}'; it takes {Describe(type)}.");
        }
    }

    private static string UnknownKey(IConfigurationSection child, List<PropertyInfo> properties)
    {
        var parent = child.Path[..^(child.Key.Length + 1)];
        var nearest = properties.Select(static property => property.Name).MinBy(name => NearName.Distance(name, child.Key));
        return nearest is null
            ? $"{child.Path} is not a setting."
            : $"{child.Path} is not a setting. Did you mean {parent}:{nearest}?";
    }

    private static List<PropertyInfo> Settable(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.GetIndexParameters().Length == 0
            && (property.SetMethod is { IsPublic: true } || (property.CanRead && !IsScalar(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType))))];

    private static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(TimeSpan) || type == typeof(Uri)
        || type == typeof(DateTimeOffset) || type == typeof(DateTime) || type == typeof(DateOnly) || type == typeof(Guid);

    private static Type? DictionaryValueOf(Type type) => Interfaces(type)
        .FirstOrDefault(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IDictionary<,>))?.GetGenericArguments()[1];

    private static Type? ElementOf(Type type) => typeof(IEnumerable).IsAssignableFrom(type)
        ? Interfaces(type).FirstOrDefault(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0]
        : null;

    private static IEnumerable<Type> Interfaces(Type type) => type.IsInterface ? type.GetInterfaces().Prepend(type) : type.GetInterfaces();

    private static string Describe(Type type) => type switch
    {
        _ when type == typeof(TimeSpan) => "a time span, such as 00:10:00 (hours:minutes:seconds) or 1.00:00:00 (a day)",
        _ when type == typeof(DateOnly) => "a day, such as 2026-09-15",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(Uri) => "a URL",
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type)),
        _ when type == typeof(float) || type == typeof(double) || type == typeof(decimal) => "a number, such as 0.5",
        _ when type.IsPrimitive => string.Create(CultureInfo.InvariantCulture, $"a whole number from {type.GetField("MinValue")?.GetValue(null)} to {type.GetField("MaxValue")?.GetValue(null)}"),
        _ => "a single value",
    };
}
