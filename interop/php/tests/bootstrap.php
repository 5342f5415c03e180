<?php

declare(strict_types=1);

require is_file(__DIR__ . '/../vendor/autoload.php') ? __DIR__ . '/../vendor/autoload.php' : __DIR__ . '/../autoload.php';
// Debian's package php-nrk-predis.
@include_once 'Predis/autoload.php';
require __DIR__ . '/RedisTestCase.php';
@include_once 'Nyholm/Psr7/autoload.php';
@include_once 'Symfony/Component/HttpFoundation/autoload.php';
require_once __DIR__ . '/psr15.php';
