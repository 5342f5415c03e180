<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** An option or argument has the wrong type, a value that isn't allowed, or an unknown name. */
final class InvalidOption extends \InvalidArgumentException implements RwtException
{
    private function __construct(
        /** The option's or argument's name. */
        public readonly string $option,
        string $message,
        private readonly string $errorCode,
    ) {
        parent::__construct($message);
    }

    public static function type(string $option, string $allowed, #[\SensitiveParameter] mixed $value): self
    {
        $message = "$option must be $allowed, not " . self::kindOf($value);

        return new self($option, $message, 'ERR_RWT_OPTION_TYPE');
    }

    /** @param string $must what the value must be or do */
    public static function range(string $option, string $must): self
    {
        return new self($option, "$option must $must", 'ERR_RWT_OPTION_RANGE');
    }

    /** @param list<string> $known */
    public static function unknown(string $option, string $where, array $known): self
    {
        // What doesn't look like a name may be a secret in the wrong place.
        $shown = preg_match('/^\w{1,30}$/D', $option) === 1 ? $option : '…';
        $message = "unknown option $shown in $where; known: " . implode(', ', $known);

        return new self($shown, $message, 'ERR_RWT_OPTION_UNKNOWN');
    }

    public function errorCode(): string
    {
        return $this->errorCode;
    }

    /** A value's type in the words of JSON, as the messages of the other languages name it. Never the value itself. */
    private static function kindOf(#[\SensitiveParameter] mixed $value): string
    {
        return match (true) {
            $value instanceof \Closure => 'function',
            is_array($value) => array_is_list($value) ? 'array' : 'object',
            is_int($value), is_float($value) => 'number',
            is_bool($value) => 'boolean',
            is_string($value) => 'string',
            $value === null => 'null',
            default => 'object',
        };
    }
}
