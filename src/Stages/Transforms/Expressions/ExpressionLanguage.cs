namespace StreamEngine.Transforms.Expressions;

/// <summary>The language of expressions in words, for the descriptions of what takes them.</summary>
internal static class ExpressionLanguage
{
    /// <summary>All of it, the functions as they are defined.</summary>
    public static string Description { get; } =
        """
        Expressions. Fields are written as paths: amount, customer.address.city, lines[0].sku; a name with other characters, or one that is a word of the
        language, in backquotes: `order-id`, or a["odd name"]. A field that is missing is null. The single value of a record that is no object is the field
        value. Texts stand in single or double quotes, a quote within is written twice; numbers are written as in JSON; true, false, null.

        From the weakest binding to the strongest: condition ? x : y; or (||); and (&&); not (!); = == != <> < <= > >=, [not] in (x, ...), [not] between x and y,
        is [not] null, [not] like 'pattern' (% any characters, _ one, \ before a meant one), [not] matches 'regex' (found anywhere; without look-arounds and
        back references); + -; * / %; a sign. Words may be in small or capital letters.

        Null: it equals null and nothing else, no other comparison with it holds, it counts as false in a condition, and what is calculated from it, or a function
        of it, is null. Numbers compare and calculate by what they are worth: integers exactly in 64 bits, decimals exactly in 28 digits (x / y of integers is a
        decimal), and where one is a double, as doubles. + joins two texts; concat joins anything. Texts compare character by character; days and times with
        each other, and with texts in ISO 8601. Booleans, bytes, lists and objects are only equal or not. Anything else, a text that is compared with a number
        say, division by zero, or a number that is too large, is an error of the record, which names the field and what it is: errors.tolerance decides what
        becomes of it.

        Functions:

        """ + string.Join('\n', Functions.All.Select(function => $"  {function.Signature}: {function.Meaning}."));
}
