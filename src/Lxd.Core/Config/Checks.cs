using System.Globalization;
using System.Net;

namespace Lxd.Core.Config;

/// <summary>Value checks for <see cref="ConfigKey.Check"/>: each throws a bad request in LXD's words.</summary>
public static class Checks
{
    public static bool IsTrue(string? value) => value?.ToLowerInvariant() is "true" or "1" or "yes" or "on";

    public static bool IsFalse(string? value) => value?.ToLowerInvariant() is "false" or "0" or "no" or "off";

    /// <summary>The check that comes with the type of a key.</summary>
    public static Action<string>? OfType(string type) => type switch
    {
        "bool" => Bool,
        "integer" or "int" => Integer,
        _ => null,
    };

    /// <summary>For a key whose type is told as one thing and which takes others.</summary>
    public static void Anything(string value)
    {
    }

    public static void Bool(string value)
    {
        if (!IsTrue(value) && !IsFalse(value))
        {
            throw ApiException.BadRequest($"Invalid value for a boolean \"{value}\"");
        }
    }

    public static void Integer(string value)
    {
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            throw ApiException.BadRequest($"Invalid value for an integer \"{value}\"");
        }
    }

    public static void Unsigned(string value)
    {
        if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw ApiException.BadRequest($"Invalid value for uint32 \"{value}\"");
        }
    }

    public static void OneLine(string value)
    {
        if (value.Contains('\n'))
        {
            throw ApiException.BadRequest("Value cannot contain line breaks");
        }
    }

    public static void Bytes(string value) => Units.ParseBytes(value);

    public static Action<string> Range(long low, long high) => value =>
    {
        Integer(value);
        var number = long.Parse(value, CultureInfo.InvariantCulture);
        if (number < low || number > high)
        {
            throw ApiException.BadRequest($"Value isn't within valid range. Must be between {low} and {high}");
        }
    };

    public static Action<string> OneOf(params string[] allowed) => value =>
    {
        if (!allowed.Contains(value))
        {
            throw ApiException.BadRequest($"Invalid value \"{value}\" (not one of [{string.Join(' ', allowed)}])");
        }
    };

    /// <summary>A list, separated by commas, of values that each have to be good.</summary>
    public static Action<string> Each(Action<string> check) => value =>
    {
        foreach (var item in value.Split(',', StringSplitOptions.TrimEntries))
        {
            try
            {
                check(item);
            }
            catch (ApiException e)
            {
                throw ApiException.BadRequest($"Item \"{item}\": {e.Message}", e);
            }
        }
    };

    /// <summary>A span of time that is not endless and not shorter.</summary>
    public static Action<string> Lasts(TimeSpan least) => value =>
    {
        var now = DateTime.UtcNow;
        if (Core.Expiry.After(value, now) < now + least)
        {
            throw ApiException.BadRequest($"Must last at least {least.TotalHours:0} hours");
        }
    };

    public static void HttpUrl(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw ApiException.BadRequest($"Invalid URL \"{value}\"");
        }
    }

    public static void Address(string value)
    {
        if (!IPAddress.TryParse(value, out _))
        {
            throw ApiException.BadRequest($"Not an IP address \"{value}\"");
        }
    }

    public static void AbsolutePath(string value)
    {
        if (!value.StartsWith('/'))
        {
            throw ApiException.BadRequest("Must be absolute file path");
        }
    }
}
